"""What all effects have in common, and how they are applied."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from scenario.voice import effects
from scenario.voice._effects.applying import apply_effects
from tests.voice_effects.audio import pcm, tone

AUDIO = pcm(tone(440, 0.5, 30_000))
EVERY = {
    "background_noise": effects.background_noise("cafe", 1.0, seed=1),
    "breaking_up": effects.breaking_up(seed=1),
    "custom": effects.custom(bytes),
    "echo": effects.echo(),
    "high_volume": effects.high_volume(),
    "low_quality": effects.low_quality(),
    "low_volume": effects.low_volume(),
    "multiple_voices": effects.multiple_voices(seed=1),
    "packet_loss": effects.packet_loss(seed=1),
    "phone_quality": effects.phone_quality(),
    "robotic": effects.robotic(),
    "speaking_fast": effects.speaking_fast(),
    "speaking_slow": effects.speaking_slow(),
    "static": effects.static(seed=1),
}
CHANGING_LENGTH = {"echo", "speaking_fast", "speaking_slow"}


@pytest.fixture(params=EVERY)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_every_effect_is_tried():
    assert list(EVERY) == effects.__all__


def test_the_length_stays(name: str):
    assert (len(EVERY[name](AUDIO)) == len(AUDIO)) is (name not in CHANGING_LENGTH)


def test_nothing_stays_nothing(name: str):
    assert EVERY[name](b"") == b""


def test_an_effect_says_what_it_is_and_can_be_sent_to_another_process(name: str):
    effect = EVERY[name]
    assert repr(effect).startswith(f"{name}(")

    copy = pickle.loads(pickle.dumps(effect))

    assert copy == effect
    assert hash(copy) == hash(effect)
    assert copy(AUDIO) == effect(AUDIO)


def test_a_repr_is_what_one_would_write():
    assert repr(effects.phone_quality()) == "phone_quality()"
    assert repr(effects.background_noise("cafe", snr_db=10)) == (
        "background_noise(preset_or_path='cafe', volume=0.3, snr_db=10)"
    )
    for text in map(repr, (effect for name, effect in EVERY.items() if name != "custom")):
        assert repr(eval(text, vars(effects).copy())) == text  # our own text


def test_half_a_sample_and_other_types_are_refused():
    with pytest.raises(ValueError, match=r"the input of robotic must have two bytes per sample.*: 3"):
        effects.robotic()(b"abc")
    with pytest.raises(TypeError, match="must be bytes of canonical audio, got str"):
        effects.robotic()("abc")  # type: ignore[arg-type]  # what is refused


def test_a_function_of_ones_own_is_checked():
    def swallow(pcm: bytes) -> None:
        pass

    assert effects.custom(lambda pcm: pcm + pcm)(b"ab") == b"abab"
    with pytest.raises(TypeError, match="custom needs a function of bytes to bytes, got 'loud'"):
        effects.custom("loud")  # type: ignore[arg-type]  # what is refused
    with pytest.raises(TypeError, match=r"the result of custom\(.*swallow\) must be bytes.*NoneType"):
        effects.custom(swallow)(b"ab")  # type: ignore[arg-type]  # what is refused
    with pytest.raises(ValueError, match="odd number of bytes: 1"):
        effects.custom(lambda pcm: pcm[:1])(b"ab")


def test_effects_are_applied_in_order():
    louder, cut = effects.high_volume(10), effects.low_volume(0.1)

    assert apply_effects(AUDIO, []) == AUDIO
    assert apply_effects(AUDIO, [louder, cut]) == cut(louder(AUDIO)) != apply_effects(AUDIO, [cut, louder])


@pytest.mark.parametrize(
    ("effect", "error", "text"),
    [
        (lambda pcm: None, TypeError, r"the result of audio effect 1 \(.*\) must be bytes .* got NoneType"),
        (lambda pcm: pcm[:-1], ValueError, r"the result of audio effect 1 \(.*odd number of bytes: 23999"),
        ("phone", TypeError, r"audio effect 1 \('phone'\) must be a function of bytes to bytes"),
    ],
)
def test_a_wrong_result_names_the_place_of_its_effect(effect, error: type[Exception], text: str):
    with pytest.raises(error, match=text):
        apply_effects(AUDIO, [effects.robotic(), effect])


def test_making_effects_loads_nothing():
    program = (
        "import sys, scenario; from scenario.voice import effects; effects.phone_quality(); "
        "effects.background_noise('cafe'); assert not {'numpy', 'soxr'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_missing_package_is_named_with_its_extra():
    program = (
        "import sys; sys.modules['numpy'] = None\n"
        "from scenario.voice import effects, MissingVoiceDependencyError\n"
        "effect = effects.phone_quality()\n"
        "try: effect(b'ab')\n"
        "except MissingVoiceDependencyError as error: print(error.package, error.extra)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, timeout=60, capture_output=True, text=True
    )
    assert done.stdout.split() == ["numpy", "voice"]
