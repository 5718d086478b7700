"""Red-team campaigns: objectives times strategies times trials, run side by side, with attack success rates.

from scenario.campaign import EXAMPLE_OBJECTIVES, attacks, run_campaign

result = await run_campaign(
    attacks(EXAMPLE_OBJECTIVES, strategies=["crescendo", "goat"], trials=3, seed=7),
    target=MyAgent,
    description="The help desk of a shop.",
)
print(result)
result.assert_held()
"""

from scenario._campaign.attack import Attack, attacks
from scenario._campaign.example_objectives import EXAMPLE_OBJECTIVES
from scenario._campaign.objective import Objective
from scenario._campaign.result import AttackResult, CampaignResult, SuccessRate
from scenario._campaign.running import run_campaign

__all__ = [
    "EXAMPLE_OBJECTIVES",
    "Attack",
    "AttackResult",
    "CampaignResult",
    "Objective",
    "SuccessRate",
    "attacks",
    "run_campaign",
]
