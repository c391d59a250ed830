"""The first page and the checks of the miner_pivot template."""

from haircut_workbooks.templates.cover import LEFT, REPORTED, RIGHT, Cover, column_chart, line_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.miner_pivot.collateral import iso_chart
from haircut_workbooks.templates.miner_pivot.debt import wall_chart
from haircut_workbooks.templates.sheets import Result

WORDS = (
    "AI hosting", "Bond floor", "Busted", "CFADS", "Convergence", "Convert", "Covenant", "DSCR", "Economic value",
    "Effective maturity", "Fair spread", "Grade", "Halving", "Hashprice", "Iso-default line", "LGD", "LTV",
    "Liquidation value", "Maturity wall", "PD", "Parity", "Rollover gap",
)  # fmt: skip
BROKEN = (
    ("Breach_Runs_Dry", "Cash and coins run dry", "=SUM({dry:})>0"),
    ("Breach_Leverage", "Net debt over EBITDA above its limit", "=SUM({leverage_broken:})>0"),
    ("Breach_Interest_Cover", "Interest cover under its limit", "=SUM({icr_broken:})>0"),
    ("Breach_DSCR", "DSCR without bullets under its limit", "=SUM({dscr_broken:})>0"),
    ("Breach_LTV", "LTV on economic value above its limit", "=SUM({ltv_broken:})>0"),
    ("Breach_Rollover_Gap", "Maturities soon that nothing in hand repays", "=Out_Rollover_Gap>0"),
    ("Breach_Forced_Sale_Uncalibrated", "A forced sale would not repay the debt (uncalibrated)", "=Out_Worst_Liquidation_LTV_Uncalibrated>1"),
    ("Breach_Spread_Uncalibrated", "Paid less than the fair spread (uncalibrated)", "=Out_Spread_Gap_Uncalibrated<0"),
)  # fmt: skip
CHECKS = (
    ("Cash_Conserved", "Closing cash is opening cash and every flow of all quarters", "=ABS({cash^}+{in_cfads#}+{kept_coins#}+{own_capex#}+{out_interest#}+{out_principal#}+{in_converted#}+{in_refinanced#}+{coin_sales#}+{distributed#}-INDEX({cash:},COLUMNS({cash:})))<=Cent"),
    ("Debt_Rolls", "Debt is what was owed, less what fell due, plus what was refinanced", "=ABS({debt^}-{due#}+{refinanced#}-INDEX({debt:},COLUMNS({debt:})))<=Cent"),
    ("Debt_Falls_Due", "All debt of closing falls due inside the timeline: a maturity beyond it would be missed", "=ABS({due#}-Debt_At_Closing)<=Cent"),
    ("Wall_Adds_Up", "The wall of maturities adds up to the debt", "=ABS(Wall_Total-Debt_At_Closing)<=Cent"),
    ("Coins_Conserved", "Coins held are those of closing and those kept, less those sold", "=ABS({coins^}+Hodl_Share*{mined#}-{coins_sold#}-INDEX({coins:},COLUMNS({coins:})))<=Cent"),
    ("Sites_Roll", "Book value of sites is cost less depreciation", "=ABS({ai_book^}+{ai_capex#}-{ai_depreciation#}-INDEX({ai_book:},COLUMNS({ai_book:})))<=Cent"),
    ("Sources_Uses", "The build-out is paid by the borrower, prepayments and new equity, to the cent", "=ABS({ai_capex#}-{capex_outside#}+{own_capex#})<=Cent"),
    ("Hashpower", "Coins mined at their price are the revenue", "=ABS(SUMPRODUCT({mined:},{coin:})-{mining_revenue#})<=Cent"),
    ("Recovery", "No instrument recovers more than it is owed, nor all together", "=AND(SUMPRODUCT(--(Recovered>Owed+Cent))=0,SUM(Recovered)<=SUM(Owed)+Cent)"),
    ("Economic_Below_Book", "Economic value is never above book value", "=SUMPRODUCT(--({value_economic::}>{value_book::}+Cent))=0"),
    ("Deal_Scenario", "The deal scenario understands its labels and runs", "=ISNUMBER(Scenario_Spread)"),
    ("Scenario_Found", "The scenario shown is one of the table", "=ISNUMBER(Live_Coin_Fall)"),
    ("Dates_After_Closing", "Every maturity and put is after closing", "=MIN(Convert_A_Due,Convert_A_Put,Convert_B_Due,Convert_B_Put,Convert_C_Due,Convert_C_Put,Notes_Due)>Closing"),
    ("Sites_Grow", "The build-out ends with at least what is in service", "=AI_MW_Full>=AI_MW_Now"),
    ("Cover_Ties", "The cover shows what the sheets say", "=AND(Out_Closing_Book_LTV={ltv_book^},Out_Closing_Economic_LTV={ltv_economic^},Out_Closing_Debt={debt^})"),
)  # fmt: skip


def fill(cover: Cover, time: Timeline) -> None:
    """Answer the three questions, show the figures, the tests and the charts."""
    text = time.text
    cover.answers(
        '=Deal&", scenario: "&Scenario&", figures of "&TEXT(Closing,"yyyy-mm-dd")',
        '=IF(Breach_Runs_Dry,"No: cash and coins run dry in quarter "&Out_Default_Quarter&" after closing.",'
        'IF(Out_Broken_Tests>0,"Not as it stands: "&Out_Broken_Tests&" of 6 tests are broken, though cash lasts.","Yes: every test holds."))',
        '="Quoted "&TEXT(ROUND(Out_Quoted_Spread,0),"0")&" bp over base on average; fair "&TEXT(ROUND(Out_Fair_Spread_Uncalibrated,0),"0")&" bp, converged "&TEXT(ROUND(Out_Converged_Spread_Uncalibrated,0),"0")&" bp (uncalibrated)."',
        '=IF(Breach_Runs_Dry,"It breaks as it stands. ",IF(MIN(Out_Least_Coin_Fall,Out_Least_Rent_Fall)<1,"A lasting fall of the coin of "&TEXT(ROUND(Out_Least_Coin_Fall,2),"0%")&" or of AI rent of "&TEXT(ROUND(Out_Least_Rent_Fall,2),"0%")&" empties cash and coins. ","No fall of coin or rent alone empties cash and coins. "))&IF(ISNUMBER(Out_Site_Fall),IF(Out_Site_Fall>0,"Equity is gone in quarter "&View_Quarter&" where rigs and sites lose "&TEXT(ROUND(Out_Site_Fall,2),"0%")&", the coin unmoved.","In quarter "&View_Quarter&" debt is above all that stands behind it."),"In quarter "&View_Quarter&" cash and coins alone cover the debt.")',
    )  # fmt: skip
    first_dry = "IF(SUM({dry:})>0,MATCH(1,{dry:},0),0)"
    at_default = "IF(Out_Default_Quarter>0,INDEX({{value_{0}:}},MAX(1,Out_Default_Quarter))/INDEX({{owed:}},MAX(1,Out_Default_Quarter)),NA())"
    cover.figures(LEFT, "Balance sheet", [
        Result("Out_Closing_Debt", "Debt at closing, USD m", text("={debt^}"), "mn"),
        Result("Out_Closing_Coins", "Coins at market, USD m", text("={coin_value^}"), "mn"),
        Result("Out_Closing_Book_LTV", "LTV at closing, on book value", text("={ltv_book^}"), "share"),
        Result("Out_Closing_Economic_LTV", "LTV at closing, on economic value", text("={ltv_economic^}"), "share"),
        Result("Out_Closing_Liquidation_LTV_Uncalibrated", "LTV at closing, sale in a hurry (uncalibrated)", text("={ltv_liquidation^}"), "share"),
        Result("Out_Worst_Economic_LTV", "Highest LTV on economic value", text("=MAX({ltv_economic::})"), "share"),
        Result("Out_Worst_Liquidation_LTV_Uncalibrated", "Highest LTV, sale in a hurry (uncalibrated)", text("=MAX({ltv_liquidation::})"), "share"),
    ])  # fmt: skip
    cover.figures(LEFT, "Cash and maturities", [
        Result("Out_Closing_Hashprice", "Hashprice at closing, USD/PH/day", text("={hashprice^}"), "cents"),
        Result("Out_Least_Hashprice", "Lowest hashprice", text("=MIN({hashprice:})"), "cents"),
        Result("Out_Min_DSCR", "Lowest DSCR without bullets, build-out included", text("=HC_DSCR_MIN({cfads:},{service:})"), "multiple"),
        Result("Out_Peak_EBITDA", "Highest EBITDA of a year, USD m", text("=MAX({ebitda:})*Periods_Per_Year"), "mn"),
        Result("Out_Wall_Soon", "Falls due inside 24 months, share of debt", "=Wall_Soon", "share"),
        Result("Out_Rollover_Gap", "Rollover gap inside 24 months, USD m", text("=INDEX({gap:},Wall_Years*Periods_Per_Year)"), "mn"),
        Result("Out_Default_Quarter", "Quarter in which cash runs dry, 0: never", text("=" + first_dry), "count"),
        Result("Out_Recovery_At_Default", "Economic value over what is owed, then", text("=" + at_default.format("economic")), "share"),
        Result("Out_Recovery_Uncalibrated", "Sale in a hurry over what is owed, then (uncalibrated)", text("=" + at_default.format("liquidation")), "share"),
    ])  # fmt: skip
    cover.figures(RIGHT, "Price of the risk", [
        Result("Out_Quoted_Spread", "Quoted spread, average", "=(Average_Yield-Base_Rate)*Basis_Points", "bp"),
        Result("Out_Fair_Spread_Uncalibrated", "Fair spread (uncalibrated)", "=Scenario_Spread", "bp"),
        Result("Out_Converged_Spread_Uncalibrated", "Fair spread, converged (uncalibrated)", "=Converged_Spread", "bp"),
        Result("Out_Spread_Gap_Uncalibrated", "Quoted less fair (uncalibrated)", "=HC_SPREAD_GAP(Out_Quoted_Spread,Out_Fair_Spread_Uncalibrated)", "bp"),
        Result("Out_PD_Uncalibrated", "Probability of default (uncalibrated)", "=Scenario_PD", "share"),
        Result("Out_Converged_PD_Uncalibrated", "Probability of default, converged (uncalibrated)", "=Converged_PD", "share"),
        Result("Out_LGD_Uncalibrated", "Loss given default (uncalibrated)", "=IFERROR(Scenario_LGD,0)", "share"),
        Result("Out_Converged_LGD_Uncalibrated", "Loss given default, converged (uncalibrated)", "=IFERROR(Converged_LGD,0)", "share"),
        Result("Out_Converged_Min_DSCR", "Median lowest DSCR of the deal scenario, converged", "=Converged_DSCR", "multiple"),
    ])  # fmt: skip
    cover.tests("Tests (TRUE: broken)", [(name, label, text(formula)) for name, label, formula in BROKEN])
    cover.figures(RIGHT, "Reverse stress and converts", [
        Result("Out_Least_Coin_Fall", "Smallest lasting fall of the coin that empties cash and coins", text("=MAX(0,MIN({lasting_coin:}))"), "share"),
        Result("Out_Least_Rent_Fall", "Smallest lasting fall of AI rent that empties cash and coins", text("=MAX(0,MIN({lasting_rent:}))"), "share"),
        Result("Out_Site_Fall", "Fall of rigs and sites at which equity is gone, then", "=Equity_Gone", "share"),
        Result("Out_Busted_Converts", "Converts busted in the scenario", "=SUMPRODUCT(--Busted,--(Face_Of_Converts>0))", "count"),
        Result("Rank", "Rank of a portfolio: highest LTV, and one more where cash runs dry", "=Out_Worst_Economic_LTV+IF(Breach_Runs_Dry,1,0)", "number"),
        Result("Out_Broken_Tests", "Tests broken, without the uncalibrated", "=" + "+".join(f"IF({name},1,0)" for name, *_ in BROKEN[:6]), "count"),
        REPORTED,
    ])  # fmt: skip
    _charts(cover, time)


def _charts(cover: Cover, time: Timeline) -> None:
    """Three LTVs, leverage and cover, the wall, and where equity is gone."""
    book, text = cover.book, time.text
    dates = text("{date:}")
    ltv = line_chart(
        book,
        "LTV: book, economic, sale in a hurry (uncalibrated)",
        text("{date::}"),
        [
            ("Book", text("{ltv_book::}")),
            ("Economic", text("{ltv_economic::}")),
            ("Sale in a hurry", text("{ltv_liquidation::}")),
            ("Most LTV", text("{limit::}")),
        ],
        "0%",
        "yyyy",
        low=0,
        high=2.5,
        every=4,
    )
    margins = column_chart(
        book,
        "Margin of mining and of AI hosting, USD m a quarter",
        dates,
        [("Mining", text("{c_mining:}")), ("AI hosting", text("{c_hosting:}"))],
        "0,,",
        "yyyy",
        every=4,
    )
    leverage = line_chart(
        book,
        "Net debt over EBITDA, and interest cover",
        dates,
        [
            ("Net debt over EBITDA", text("{leverage:}")),
            ("Most", text("{most_leverage:}")),
            ("Interest cover", text("{icr:}")),
            ("Least", text("{least_icr:}")),
        ],
        '0"x"',
        "yyyy",
        low=0,
        high=12,
        every=4,
    )
    liquidity = line_chart(
        book,
        "Liquidity and rollover gap, USD m",
        dates,
        [("Cash and coins", text("{liquidity:}")), ("Rollover gap", text("{gap:}"))],
        "0,,",
        "yyyy",
        every=4,
    )
    cover.charts([ltv, margins, wall_chart(book), iso_chart(book), leverage, liquidity])
