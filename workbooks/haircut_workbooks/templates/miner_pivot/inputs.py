"""Inputs of the miner_pivot template; every value carries its grade, its date and its source."""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from dataclasses import replace
from datetime import date

from haircut_workbooks.templates import market
from haircut_workbooks.templates.assumptions import BASIS_POINTS, CENT, HOURS_PER_YEAR, Constant, Derived
from haircut_workbooks.templates.sheets import (
    A_DATE,
    WHOLE,
    Input,
    above,
    at_least,
    between,
    one_of,
)

SHARE = between(0, 1)
OURS = "Assumed 2026-11: illustration, not a company"
SECTOR = "Assumed 2026-11: the same for every miner of a portfolio"
SCENARIOS = ("base", "coin crash", "hashprice squeeze", "AI delay", "tenant lost", "convergence", "combined", "replay 2022")
SHARED = {
    item.name: item
    for group in (market.CASH, market.SALE, market.CREDIT, market.CONVERGENCE, market.SCENARIO)
    for item in group
}
TRANCHES = ("A", "B", "C")


def shared(*names: str) -> tuple[Input, ...]:
    """Inputs about the market that other templates use as well, by name."""
    return tuple(SHARED[name] for name in names)


def _convert(letter: str, face: float, coupon: float, due: date, price: float, put: date) -> tuple[Input, ...]:
    called = f"Convert {letter}"
    return (
        Input(f"Convert_{letter}", f"{called}: face", face, "USD", "money", OURS, at_least(0)),
        Input(f"Convert_{letter}_Coupon", f"{called}: coupon", coupon, "annual", "rate", OURS, between(0, 1)),
        Input(f"Convert_{letter}_Due", f"{called}: maturity", due, "date", "date", OURS, A_DATE, "After closing, also where the face is 0."),
        Input(f"Convert_{letter}_Price", f"{called}: conversion price", price, "USD a share", "cents", OURS, above(0)),
        Input(f"Convert_{letter}_Put", f"{called}: holders' put at par", put, "date", "date", OURS, A_DATE, "The maturity where there is no put."),
    )


DEAL = (
    Input("Deal", "Borrower", "Illustrative miner", "", "text", ""),
    Input("Closing", "Date of the figures", date(2025, 12, 31), "date", "date", OURS, A_DATE),
    Input("Scenario", "Scenario that the workbook shows", "base", "word", "text", "Assumed 2026-11: the lender's own choice", one_of(*SCENARIOS)),
    Input("Cash", "Unrestricted cash", 1_100_000_000, "USD", "money", OURS, at_least(0)),
    Input("Committed_Lines", "Undrawn committed lines", 0, "USD", "money", OURS, at_least(0), "Counted in the rollover gap, not as cash of the model."),
    replace(SHARED["Coins"], label="Coins held, free of any pledge", value=3_000, basis=OURS, help="Sold when cash is short; a pledged coin is not counted here."),
    replace(SHARED["Coin_Price"], value=87_500, basis="Estimated 2025-12: 86,000 to 88,000 USD in December (Binance Square, 2025-12-19, secondary)"),
    Input("Network_EHs", "Hashrate of the network", 1_050, "EH/s", "count", "Estimated 2025-12-19: above 1,000 EH/s (Binance Square, secondary)", above(0)),
    Input("Hashrate_EHs", "Own hashrate", 20, "EH/s", "number", OURS, at_least(0)),
    Input("Efficiency", "Energy of the fleet", 17.5, "J/TH", "number", OURS, above(0)),
    Input("Power_Price", "Power price, all-in", 0.045, "USD/kWh", "number", OURS, at_least(0)),
    Input("Rig_Cost_Per_TH", "Cost of the rigs", 18, "USD/TH", "cents", OURS, at_least(0)),
    Input("Overhead_Per_Year", "Corporate overhead in cash", 40_000_000, "USD a year", "money", OURS, at_least(0)),
    Input("Cash_Kept", "Surplus cash that stays with the borrower", 1, "share", "share", OURS, SHARE, "1 for a listed company that pays no dividend; 0 where a subsidiary pays all it earns up to its parent."),
    Input("AI_MW_Now", "AI hosting in service", 0, "MW of IT load", "count", OURS, at_least(0)),
    Input("AI_MW_Full", "AI hosting when built", 170, "MW of IT load", "count", OURS, at_least(0), "At least what is in service."),
    Input("AI_Start_Quarter", "First quarter in which capacity is delivered", 4, "quarter", "count", OURS, WHOLE),
    Input("AI_Build_Quarters", "Quarters of delivery", 4, "quarters", "count", OURS, above(0)),
    Input("AI_Capex_Per_MW", "Cost to build", 10, "USD m per MW", "cents", OURS, at_least(0)),
    Input("AI_Paid_Share", "Share of the build-out paid before closing", 0, "share of cost", "share", OURS, SHARE),
    Input("Prepaid_Share", "Rest of the build-out that tenants prepay", 0.1, "share of cost", "share", OURS, SHARE, "A liability: it counts as debt in LTV and leverage until rent has worked it off."),
    Input("Equity_Share", "Rest of the build-out that new shares pay", 0.3, "share of cost", "share", OURS, SHARE, "As many shares as this takes at today's price; they bring less where the price has fallen. Ring-fenced debt of others counts here."),
    Input("AI_Contract_Rent", "Contract rent", 1.8, "USD m per MW and year", "cents", OURS, above(0)),
    Input("AI_Contracted_Share", "Share under contract", 0.9, "share", "share", OURS, SHARE),
    Input("AI_Contract_Years", "Contract ends", 11, "years from closing", "years", OURS, at_least(0)),
    Input("AI_Cost_Share", "Operating cost", 0.15, "share of contract rent", "share", OURS, SHARE, "Power that the tenant pays is outside; power that a GPU cloud pays itself is inside."),
    Input("AI_Life", "Life of what is built", 15, "years", "years", OURS, between(1, 40), "5 to 6 for GPUs, 15 and more for halls and power."),
    Input("Handover_Share", "Mining power given up", 1, "MW a MW of AI", "share", OURS, between(0, 2)),
    Input("Share_Price", "Price of the share", 12.6, "USD", "cents", OURS, at_least(0)),
    *_convert("A", 400_000_000, 0, date(2031, 10, 1), 16.03, date(2031, 10, 1)),
    *_convert("B", 200_000_000, 0.0175, date(2030, 5, 15), 4.4, date(2028, 5, 15)),
    *_convert("C", 0, 0, date(2031, 10, 1), 20, date(2031, 10, 1)),
    Input("Convert_Yield", "Straight yield of the converts, for their bond floor", 0.1, "annual, half-yearly", "rate", "Assumed 2026-11: a notch over the secured notes", between(0, 1), "No quote: it stands in no spread."),
    Input("Notes", "High-yield notes: face", 600_000_000, "USD", "money", OURS, at_least(0)),
    Input("Notes_Coupon", "High-yield notes: coupon", 0.075, "annual", "rate", OURS, between(0, 1)),
    Input("Notes_Yield", "High-yield notes: quoted yield", 0.075, "annual", "rate", OURS + "; quoted at par", between(0, 1), "What the notes trade at today; their coupon where they were just sold at par."),
    Input("Notes_Due", "High-yield notes: maturity", date(2030, 11, 15), "date", "date", OURS, A_DATE, "After closing, also where the face is 0."),
    Input("Loan", "Secured and equipment loans", 0, "USD", "money", OURS, at_least(0)),
    Input("Loan_Rate", "Loans: rate", 0.11, "annual", "rate", OURS, between(0, 1)),
    Input("Loan_Grace", "Loans: quarters of interest alone", 0, "quarters", "count", OURS, WHOLE),
    Input("Loan_Payments", "Loans: equal quarterly instalments", 12, "quarters", "count", OURS, above(0)),
)

REPLAY_START = date(2021, 12, 31)
COIN_PATH = (46_300, 45_500, 19_300, 19_400, 16_500, 28_500, 30_500, 27_000, 42_300)
NETWORK_PATH = (174, 205, 212, 224, 253, 335, 363, 409, 515)
QUARTER_ENDS = ("2021-12-31", "2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31")
COIN_BASIS = "BTC/USD close to the nearest hundred, as public price histories show it"
COIN_SOURCES = {
    0: "Reported 2021-12-31: about 46,300 (price histories of 2022, secondary)",
    2: "Reported 2022-06-30: 19,306 at the quarter's end (CoinGecko through opusonegallery.com, secondary)",
}
DIFFICULTY = {3: "difficulty 31.4 T, 30.98 T on 2022-09-14 (BTC.com, secondary)", 4: "difficulty 35.4 T, 34.09 T in January 2023 (Bitcoin.com News, secondary)",
              7: "difficulty 57.12 T on 2023-09-30 (deployq.com, secondary)", 8: "difficulty 72.01 T at the year's end (Bitcoin.com News, secondary)"}

REPLAY = (
    Input("Replay_Start", "First date of the replay", REPLAY_START, "date", "date", "Assumed 2026-11: the quarter-end before the fall", A_DATE),
    *(Input(f"Replay_Coin_{i}", f"Coin price, {end}", coin, "USD", "money", COIN_SOURCES.get(i, f"Estimated {end}: {COIN_BASIS}"), above(0))
      for i, (end, coin) in enumerate(zip(QUARTER_ENDS, COIN_PATH, strict=True))),
    *(Input(f"Replay_Network_{i}", f"Network, {end}", ehs, "EH/s", "count", f"Estimated {end}: {DIFFICULTY.get(i, 'difficulty of the day, public block data')}, times 2^32 / 600 s", above(0))
      for i, (end, ehs) in enumerate(zip(QUARTER_ENDS, NETWORK_PATH, strict=True))),
)

HASH = (
    Input("Fees_Per_Block", "Fees in a block", 0.1, "BTC", "number", "Assumed 2026-11: a quiet day; 0.05 to 0.3 outside fee spikes", at_least(0)),
    Input("Anchor_Height", "Block of the halving of 2024", 840_000, "blocks", "count", "Reported 2024-04-20: bitcoin protocol, every 210,000 blocks", WHOLE),
    Input("Anchor_Date", "Date of the halving of 2024", date(2024, 4, 20), "date", "date", "Reported 2024-04-20: public block data", A_DATE),
    Input("Coin_Drift", "Growth of the coin price", 0, "a year", "share", SECTOR + "; a lender counts on none", between(-0.9, 5)),
    Input("Network_Growth", "Growth of the network", 0.1, "a year", "share", SECTOR + "; below 2022-25, when the price rose as well", between(-0.9, 5)),
    Input("Hash_Decline", "Fall of hashprice in the run-off value of rigs", 0.3, "a year", "share", SECTOR + "; 20 % more network a year, a halving every four years", between(0, 0.95)),
    Input("Payback_Days", "Market by payback: days of margin that a rig costs", 667, "days", "count", "Estimated 2025-11: between 334 (S21 at 14 USD/TH, 2023-10, press) and 1,000 (2025-11, TheMinerMag in CoinFeather)", above(0), "What rigs sell for: the margin of a day after power, times these days. Economic value is the lower of this, of run-off and of book."),
    Input("Rig_Life", "Life of the rigs from closing", 5, "years", "years", SECTOR + "; no new rigs are bought", between(0.25, 20)),
    Input("Site_Cost_Per_MW", "Running a mining site without power", 100_000, "USD per MW and year", "money", SECTOR + "; staff, repairs, cooling", at_least(0)),
    Input("Idle_Cost", "Cost of a site whose rigs stand still", 0.5, "share of its running cost", "share", SECTOR + "; guards, leases, some take-or-pay power", SHARE),
    Input("Hodl_Share", "Mined coins that are kept", 0, "share", "share", SECTOR + "; what is kept is not cash", SHARE),
    Input("Corr_Coin_Hash", "Correlation coin, hashprice", 0.8, "-1 to 1", "number", "Assumed 2026-11: hashprice is the coin price over the network; used where rigs are the collateral", between(-1, 1)),
    Input("Cash_At_Conversion", "Converts in the money: par that is paid in cash", 0, "share of par", "share", "Assumed 2026-11: 0, all in shares; issuers may choose, and many promise the principal in cash", SHARE),
    Input("Share_Beta", "Fall of the share for a fall of the coin", 1.5, "x", "multiple", "Estimated 2025-11-24: IREN fell 45 % while bitcoin fell 30 % (ShareCafe, secondary)", at_least(0)),
)
AI = (
    Input("AI_Market_Rent", "Market rent for what is not under contract", 1.5, "USD m per MW and year", "cents", "Estimated 2025-11: 1.45 (Core Scientific) to 1.85 (TeraWulf) USD m per MW and year (press, secondary)", above(0)),
    Input("AI_Rent_Decline", "Fall of the market rent", 0.02, "a year", "share", SECTOR + "; halls and power age slower than chips; use 0.15 and more for a GPU cloud", between(-0.5, 0.9)),
    Input("AI_Utilisation", "Merchant capacity that is sold", 0.9, "share", "share", SECTOR + "; halls, not GPU-hours", SHARE),
    Input("Contract_Strength", "Contract rent that does not follow the market", 0.5, "share", "share", SECTOR + "; tenants renegotiate; 0.9 and more for a hyperscaler", SHARE, "The deal scenario lets the rest of the contract rent move with the market: it lowers the volatility of rent. Where a scenario cuts the market rent, the rest of the contract rent falls with it."),
    Input("Prepayment_Credit", "Contract rent that works off a prepayment", 0.25, "share", "share", SECTOR + "; no tenant's terms are public", SHARE),
    Input("Unfinished_Discount", "Lost on halls that are paid for, not delivered", 0.5, "share of cost", "share", "Assumed 2026-11: UNCALIBRATED; whoever takes over must finish them", SHARE),
)
SHOCKS = (
    Input("Shock_Quarter", "Quarter in which a scenario strikes", 2, "quarter", "count", "Assumed 2026-11: soon after closing", WHOLE),
    Input("Crash_Coin_Fall", "Coin crash: fall of the coin", 0.6, "share", "share", "Assumed 2026-11: 58.5 % in the second quarter of 2022 (CoinGecko, secondary)", SHARE),
    Input("Squeeze_Network_Rise", "Hashprice squeeze: rise of the network", 0.5, "share", "share", "Assumed 2026-11: the network grew 74 % in 2023 (Bitcoin.com News, secondary)", at_least(0)),
    Input("Squeeze_Power_Rise", "Hashprice squeeze: rise of power", 0.2, "share", "share", "Assumed 2026-11: unhedged power", at_least(0)),
    Input("Delay_Quarters", "AI delay: quarters lost", 4, "quarters", "count", "Assumed 2026-11: equipment and grid connections run late", WHOLE),
    Input("Delay_Overrun", "AI delay: overrun of the cost to build", 0.1, "share", "share", "Assumed 2026-11: a late site costs more; no damages are paid by its builder", at_least(0)),
    Input("Delay_Rent_Fall", "AI delay: fall of the market rent", 0.2, "share", "share", "Assumed 2026-11: a later start meets more supply", SHARE),
    Input("Combined_Coin_Fall", "Combined: fall of the coin", 0.4, "share", "share", "Assumed 2026-11: with the delay, the squeeze and no new equity at once", SHARE),
)
TESTS = (
    Input("Test_From", "Covenants are tested after quarter", 8, "quarter", "count", "Assumed 2026-11: when the build-out should serve", between(0, 31)),
    Input("Max_Leverage", "Most net debt over EBITDA", 6, "x", "multiple", "Assumed 2026-11: no maintenance covenant of a miner is public", above(0)),
    Input("Min_Interest_Cover", "Least interest cover", 1.5, "x", "multiple", "Assumed 2026-11: as high-yield incurrence tests ask 2.0", above(0)),
    Input("Min_DSCR", "Least DSCR", 1.05, "x", "multiple", "Assumed 2026-11: IREN's GPU subsidiary has 1.05 (SEC filing through Stockti, secondary)", above(0)),
    Input("Max_LTV", "Most LTV on economic value", 0.8, "share", "share", "Assumed 2026-11: 70-80 % at origination in practice (secondary)", above(0)),
    Input("Min_Coin_Fall", "Least fall of the coin that must be survived", 0.4, "share", "share", "Assumed 2026-11: 58.5 % was seen in one quarter of 2022 (CoinGecko, secondary)", SHARE, "Lasting, from closing on."),
    Input("Min_Rent_Fall", "Least fall of AI rent that must be survived", 0.2, "share", "share", "Assumed 2026-11: the lender's own", SHARE, "Lasting, contract and market, from closing on."),
    Input("Mining_Limit", "Most of the earnings that mining may bring where a fair spread is shown", 0.33, "share", "share", "Assumed 2026-11: the deal scenario knows mining as a saving on overhead alone", SHARE),
    Input("Wall_Years", "Maturities that must be refinanced soon", 2, "years", "years", "Assumed 2026-11: 24 months, as rating agencies look", above(0)),
    Input("View_Quarter", "Quarter of the look-through tables", 8, "quarter", "count", "Assumed 2026-11: when the build-out should serve", between(0, 32)),
    Input("Fall_Step", "Step of the falls in the tables", 0.15, "share", "share", "Assumed 2026-11: six steps reach 90 %", between(0.01, 0.16)),
)
REFINANCING = (
    Input("Base_Rate", "Base rate", 0.037, "annual", "rate", "Assumed 2026-11: order of magnitude of SOFR", between(-0.05, 1)),
    Input("Refi_Spread", "New notes: spread", 0.045, "annual", "rate", "Assumed 2026-11: 7.1 to 7.8 % coupons of Cipher and TeraWulf notes (8-K, 2025) over base", between(0, 1)),
    replace(SHARED["Refi_Max_LTV"], value=0.8, help="New notes are sold up to the lower of this and of the cash cover below, on all debt."),
    *shared("Refi_Min_DSCR"),
    replace(SHARED["Refi_Years"], value=10, basis="Assumed 2026-11: halls and their leases outlast the debt; 3 and less for a GPU cloud"),
)
FORCED = (
    *shared("Coin_Discount"),
    Input("Coin_Depth", "Coin market depth", 100_000, "BTC that move the price 63 %", "count", "Assumed 2026-11: UNCALIBRATED; no miner's whole treasury was ever dumped", above(0)),
    Input("Rig_Fire_Sale", "Lost on rigs sold in a hurry", 0.3, "share of market value", "share", "Assumed 2026-11: UNCALIBRATED; rigs fell up to 85 % in the year to 2022-11 (Bloomberg, secondary), before any fire sale", SHARE),
    Input("Site_Fire_Sale", "Lost on AI sites sold in a hurry", 0.35, "share of economic value", "share", "Assumed 2026-11: UNCALIBRATED; no AI site was ever foreclosed", SHARE),
    Input("Site_Depth", "Market depth for AI capacity", 500_000, "kW that move the price 63 %", "count", "Assumed 2026-11: UNCALIBRATED; no bulk sale is on record", above(0)),
    Input("Rig_Depth", "Market depth for rigs", 20_000, "PH/s that move the price 63 %", "count", "Assumed 2026-11: UNCALIBRATED; about a tenth of the network in 2022", above(0)),
    *shared("Depth_Recovery", "Hosting_MW_Per_Month", "Legal_Months"),
)
CREDIT = (*shared("Availability", "Tax_Rate"), replace(SHARED["Discount_Rate"], value=0.1), *shared("Counterparty_PD", "Hurdle", "Liquidity_Premium"), *market.CONVERGENCE)
SECTIONS = (
    ("The borrower (every deal of a portfolio must give these)", DEAL),
    ("Coin and hash", HASH),
    ("AI hosting", AI),
    ("Scenarios", SHOCKS),
    ("The replay of 2022: what happened, for any borrower to be put through", REPLAY),
    ("Tests and tables", TESTS),
    ("Refinancing", REFINANCING),
    ("Forced sale", FORCED),
    ("Cash, credit and convergence", CREDIT),
)
DERIVED = (
    Derived("Replay_Ends", "Last date of the replay", "=EDATE(Replay_Start,Replay_Quarters*Months_Per_Period)", "date", "date"),
    Derived("Replay_Offset", "Quarters of the replay that had passed at closing", "=IF(AND(Closing>=Replay_Start,Closing<=Replay_Ends),ROUND((Closing-Replay_Start)/Days_Per_Year*Periods_Per_Year,0),0)", "quarters", "count"),
    Derived("Debt_At_Closing", "Debt at closing", "=Convert_A+Convert_B+Convert_C+Notes+Loan", "USD", "money"),
    Derived("Refi_Rate", "Coupon of new notes", "=Base_Rate+Refi_Spread+Live_Refi_Rise", "annual", "rate"),
    Derived("Refi_Service", "First quarter's service of a dollar of new notes, repaid in equal parts", "=Refi_Rate/Periods_Per_Year+1/(Refi_Years*Periods_Per_Year)", "USD", "number"),
    Derived("Site_Per_PH_Day", "Running cost of a site for one PH/s", "=Efficiency*Site_Cost_Per_MW/Thousand/Days_Per_Year", "USD a day", "number"),
    Derived("Full_Quarter", "Work of one EH/s in a quarter that it mines", "=Thousand*Days_Per_Year/Periods_Per_Year*Availability", "PH/s x days", "count"),
    Derived("Power_Per_Hour", "Power of one PH/s for an hour", "=Efficiency*Power_Price", "USD", "number"),
)
PERIODS = 32
CONSTANTS = (
    Constant("Periods_Per_Year", "Periods a year", 4, "quarters"),
    Constant("Months_Per_Period", "Months a period", 3, "months"),
    Constant("Replay_Quarters", "Quarters of the replay", len(COIN_PATH) - 1, "quarters"),
    Constant("Days_Per_Year", "Days a year", 365, "days"),
    Constant("Hours_Per_Day", "Hours a day", 24, "hours"),
    HOURS_PER_YEAR,
    Constant("Blocks_Per_Day", "Blocks a day", 144, "blocks"),
    Constant("Thousand", "PH/s in an EH/s, kW in a MW, TH/s in a PH/s", 1_000, ""),
    Constant("Million", "A million", 1_000_000, "USD"),
    Constant("Par", "Par of a convertible note", 1_000, "USD"),
    BASIS_POINTS,
    Constant("Half", "A bisection halves", 0.5, ""),
    Constant("Grid_Step", "Step of the convergence in the heat map", 0.25, "share"),
    Constant("Keep_All", "Cover below which nothing is distributed, where all cash is kept: the most that the deal scenario takes", 20, "x"),
    Constant("Most_LTV", "LTV is shown up to", 10, "x"),
    CENT,
)
