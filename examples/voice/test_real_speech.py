"""The caller really speaks and is really understood: Flite speaks, PocketSphinx hears, all on this machine.

Needs the program `flite` (`make flite`) and the extra `local`.
"""

import scenario

from .hotel import hotel_agent


async def test_the_desk_understands_the_caller():
    desk = hotel_agent()
    result = await scenario.arun(
        name="a room by phone",
        description="The caller wants a room for two nights.",
        agents=[desk, scenario.UserSimulatorAgent(voice="flite/rms")],
        script=[
            scenario.user("Hello. I need a room for two nights."),
            scenario.agent(),
            scenario.succeed(),
        ],
    )
    assert "room" in desk.last_user_transcript
    assert "double room for two nights" in desk.last_llm_response
    assert result.latency.measurements
