"""Bitcoin miners that borrow against coins and GPUs."""

from haircut.errors import CellError
from haircut.models import miner
from haircut.registry import Example, Function, Gap, Returns, declare, number, vector

CATEGORY = "Miners"
GROUP = (
    number("debt", "USD", "All debt, wherever in the group it sits."),
    number("coin_value", "USD", "Coins at market."),
    number("gpu_value", "USD", "GPUs at market."),
    number("cash", "USD", "Cash."),
)
COIN_FALLS = vector("coin_falls", "share", "Falls in the value of the coins, 0 to 1.", of="coin falls")

declare(
    Function(
        miner.subsidy,
        CATEGORY,
        (vector("height", "blocks", "Height of the block, counted from 0."),),
        Returns.VECTOR,
        "Bitcoin protocol: 50 BTC halved every 210,000 blocks, in whole satoshi.",
        (
            Example(([839999, 840000, 1050000],), [6.25, 3.125, 1.5625]),
            Example((0,), 50, "The first block."),
        ),
    )
)

declare(
    Function(
        miner.network_hashrate,
        CATEGORY,
        (vector("difficulty", "number", "Mining difficulty as quoted: 120 T is 120E12."),),
        Returns.VECTOR,
        "Bitcoin protocol: a block takes difficulty x 2^32 hashes and 600 seconds.",
        (Example((120e12,), 858.9934592),),
    )
)

declare(
    Function(
        miner.hashprice,
        CATEGORY,
        (
            vector("coin_price", "USD/BTC", "Price of the coin."),
            vector("network_ehs", "EH/s", "Hashrate of the network; HC_NETWORK_HASHRATE of the difficulty."),
            vector("subsidy", "BTC a block", "Coins created in a block; HC_SUBSIDY of the height."),
            vector("fees_per_block", "BTC a block", "Transaction fees in a block."),
        ),
        Returns.VECTOR,
        "(subsidy + fees) x 144 x price / network PH/s; the hashprice that Luxor's Hashrate Index defines.",
        (Example((90000, 1000, 3.125, 0.05), 41.148, "457.2 BTC a day over a million PH/s."),),
        unbounded=Gap(CellError.DIV0, "the network has no hashrate"),
    )
)

declare(
    Function(
        miner.mining_margin,
        CATEGORY,
        (
            vector("hashprice", "USD per PH/s and day", "Revenue; HC_HASHPRICE gives it."),
            vector("efficiency_j_per_th", "J/TH", "Energy of the fleet, all-in."),
            vector("power_price", "USD/kWh", "Price of power; below 0 where the grid pays."),
        ),
        Returns.VECTOR,
        "Hashprice - J/TH x 24 x USD/kWh.",
        (
            Example((45, 25, 0.05), 15, "25 kW for 24 hours cost 30."),
            Example(([30, 20], 25, 0.04), [6, -4]),
        ),
    )
)

declare(
    Function(
        miner.maturity_wall,
        CATEGORY,
        (
            vector("amounts", "USD", "Principal falling due.", of="maturities"),
            vector("times", "years from now", "When each falls due.", of="maturities"),
            number("horizon", "years", "Maturities within it must be refinanced soon."),
        ),
        Returns.TABLE,
        "Sums of principal by year; year k is after k - 1 and up to k years from now.",
        (
            Example(
                ([10, 30, 60], [0.5, 2, 2.5]),
                [
                    ["year", "amount", "share"],
                    ["total", 100, 1],
                    ["inside horizon", 40, 0.4],
                    [1, 10, 0.1],
                    [2, 30, 0.3],
                    [3, 60, 0.6],
                ],
            ),
        ),
        undefined=Gap(CellError.DIV0, "no debt falls due"),
    )
)

declare(
    Function(
        miner.rollover_gap,
        CATEGORY,
        (
            vector("maturities", "USD", "Debt falling due up to the horizon.", of="cases"),
            vector("cash", "USD", "Unrestricted cash.", of="cases"),
            vector("committed", "USD", "Undrawn committed lines.", of="cases"),
            vector("coin_value", "USD", "Unpledged coins at market.", of="cases"),
            vector("coin_haircut", "share", "Share of it lost in a forced sale.", of="cases"),
            vector(
                "free_cash_flow",
                "USD",
                "Free cash flow up to the horizon; below 0 where cash burns.",
                of="cases",
            ),
        ),
        Returns.VECTOR,
        "Maturities - (cash + committed lines + coins after haircut + free cash flow).",
        (
            Example((500, 50, 100, 200, 0.25, 40), 160, "500 - (50 + 100 + 150 + 40)."),
            Example((500, 50, 100, [400, 0], 0.25, 40), [10, 310]),
        ),
    )
)

declare(
    Function(
        miner.lookthrough_ltv,
        CATEGORY,
        (
            *GROUP,
            COIN_FALLS,
            vector("gpu_falls", "share", "Falls in the value of the GPUs, 0 to 1.", of="GPU falls"),
        ),
        Returns.MATRIX,
        "Debt / (coins (1 - x) + GPUs (1 - y) + cash); a row a fall of coins, a column a fall of GPUs.",
        (Example((60, 50, 40, 10, [[0], [0.5]], [0, 0.625]), [[0.6, 0.8], [0.8, 1.2]]),),
        unbounded=Gap(CellError.DIV0, "nothing is left to lend against"),
    )
)

declare(
    Function(
        miner.iso_default,
        CATEGORY,
        (*GROUP, COIN_FALLS),
        Returns.VECTOR,
        "(equity - coins x fall) / GPUs: the line on which look-through LTV is 100 %.",
        (
            Example((60, 50, 40, 10, [0, 0.5, 1]), [1, 0.375, -0.25]),
            Example((40, 50, 40, 10, 0), CellError.NA, "Coins and cash alone cover the debt."),
        ),
        undefined=Gap(CellError.NA, "no fall of the GPUs wipes out the equity, or there are no GPUs"),
    )
)
