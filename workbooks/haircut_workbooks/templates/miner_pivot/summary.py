"""The first page and the checks of the miner_pivot template."""

from haircut_workbooks.templates.cover import LEFT, REPORTED, RIGHT, Cover, column_chart, line_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.miner_pivot.cash import wall_chart
from haircut_workbooks.templates.miner_pivot.collateral import iso_chart
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
    ("Breach_LTV", "LTV on economic value above its limit, in any quarter", "=SUM({ltv_broken:})>0"),
    ("Breach_Rollover_Gap", "Maturities inside 24 months that nothing in hand repays", "=Out_Rollover_Gap>0"),
    ("Breach_Coin_Fall", "A fall of the coin that it must survive is not survived", "=Out_Coin_Fall_Survived<Min_Coin_Fall"),
    ("Breach_Rent_Fall", "A fall of AI rent that it must survive is not survived", "=Out_Rent_Fall_Survived<Min_Rent_Fall"),
    ("Breach_Outside_Money", "Defaults where no prepayment and no new equity comes", "=Outside_When>0"),
    ("Breach_Forced_Sale_Uncalibrated", "A forced sale would not repay the debt (uncalibrated)", "=Out_Worst_Liquidation_LTV_Uncalibrated>1"),
    ("Breach_Spread_Uncalibrated", "Not shown to be paid the fair spread (uncalibrated)", "=NOT(IF(ISNUMBER(Out_Spread_Gap_Uncalibrated),Out_Spread_Gap_Uncalibrated>=0,FALSE))"),
)  # fmt: skip
CHECKS = (
    ("Cash_Conserved", "Closing cash is opening cash and every flow of all quarters", "=ABS({cash^}+{in_cfads#}+{kept_coins#}+{own_capex#}+{out_interest#}+{out_principal#}+{in_converted#}+{in_refinanced#}+{coin_sales#}+{distributed#}-INDEX({cash:},COLUMNS({cash:})))<=Cent"),
    ("Debt_Rolls", "Debt is what was owed, less what fell due, plus what was refinanced", "=ABS({debt^}-{due#}-{new_due#}+{refinanced#}-INDEX({debt:},COLUMNS({debt:})))<=Cent"),
    ("Debt_Falls_Due", "All debt of closing falls due inside the timeline: a maturity beyond it would be missed", "=ABS({due#}-Debt_At_Closing)<=Cent"),
    ("Wall_Adds_Up", "The wall of maturities adds up to the debt", "=IF(Debt_At_Closing>Cent,ABS(Wall_Total-Debt_At_Closing)<=Cent,TRUE)"),
    ("Coins_Conserved", "Coins held are those of closing and those kept, less those sold", "=ABS({coins^}+Hodl_Share*{mined#}-{coins_sold#}-INDEX({coins:},COLUMNS({coins:})))<=Cent"),
    ("Sites_Roll", "Book value of sites is cost less depreciation", "=ABS({ai_book^}+{ai_capex#}-{ai_depreciation#}-INDEX({ai_book:},COLUMNS({ai_book:})))<=Cent"),
    ("Sources_Uses", "The build-out is paid by the borrower, prepayments and new equity, to the cent", "=AND(ABS({ai_capex#}-{prepaid_in#}-{equity_in#}+{own_capex#})<=Cent,Prepaid_Share+Equity_Share<=1)"),
    ("Hashpower", "Coins mined at their price are the revenue", "=ABS(SUMPRODUCT({mined:},{coin:})-{mining_revenue#})<=Cent"),
    ("Prepayments_Roll", "Prepayments owed are what came in less what rent has worked off", "=ABS({prepaid_in#}-{prepaid_credit#}-INDEX({prepaid:},COLUMNS({prepaid:})))<=Cent"),
    ("Stress_Runs_Tie", "The first stress run, without a fall, is the cash account itself, and its economic value", "=SUMPRODUCT(--({cash_0:}>{cash:}+Cent))+SUMPRODUCT(--({cash:}>{cash_0:}+Cent))+SUMPRODUCT(--({value_0:}>{value_economic:}+Cent))+SUMPRODUCT(--({value_economic:}>{value_0:}+Cent))=0"),
    ("Economic_Below_Book", "Economic value is never above book value", "=SUMPRODUCT(--({value_economic::}>{value_book::}+Cent))=0"),
    ("Deal_Scenario", "The deal scenario understands its labels and runs", "=ISNUMBER(Scenario_Spread)"),
    ("Scenario_Found", "The scenario shown is one of the table", "=ISNUMBER(Live_Coin_Fall)"),
    ("Dates_After_Closing", "Every maturity and put is after closing", "=MIN(Convert_A_Due,Convert_A_Put,Convert_B_Due,Convert_B_Put,Convert_C_Due,Convert_C_Put,Notes_Due)>Closing"),
    ("Sites_Grow", "The build-out ends with at least what is in service", "=AI_MW_Full>=AI_MW_Now"),
    ("Cover_Ties", "The cover shows what the sheets say", "=AND(Out_Closing_Book_LTV={ltv_book^},Out_Closing_Economic_LTV={ltv_economic^},Out_Closing_Debt={debt^})"),
)  # fmt: skip


OUTSIDE = '"USD "&TEXT(ROUND(Out_Outside_Money/Million,0),"#,##0")&" m of prepayments and new equity"'


def percent(name: str) -> str:
    """Formula of a share that is not below 0, in words."""
    return f'TEXT(ROUND({name},2),"0%")'


def bp(name: str) -> str:
    """Formula of a spread in words; TEXT would lose the sign of a number between -1 and 0, so it is rounded first."""
    return f'TEXT(ROUND({name},0),"0")&" bp"'


def breaks(name: str, what: str) -> str:
    """Formula of the sentence on a fall that lasts and a fall that fails."""
    survived, failed = f"Out_{name}_Fall_Survived", f"Out_{name}_Fall_Default"
    some = f'"lasts "&{percent(survived)}&", defaults at "&{percent(failed)}&" in quarter "&{name}_Quarter&": "&{name}_Why&". "'
    return f'"Fall of {what}: "&IF({failed}<1,{some},"none of those tried. ")'


def covenant(name: str, fall: str, what: str) -> str:
    """Formula of the sentence on the fall that breaks a covenant."""
    some = f'"{name} goes at a fall of {what} of "&{percent(fall)}&"."'
    return (
        f'IF({fall}<=0,"{name} is broken already.",IF({fall}<1,{some},"{name} holds at any fall of {what}."))'
    )


def _verdict() -> str:
    """Formula of the answer to 'would you lend': a no first, then what is broken, then the condition, then a yes."""
    without = f'without "&{OUTSIDE}&" cash runs dry in quarter "&Outside_When'
    condition = f'IF(Breach_Outside_Money,", and that only if outside money comes: {without}&".",".")'
    less = '" It pays "&TEXT(ROUND(-Out_Spread_Gap_Uncalibrated,0),"0")&" bp less than the fair spread."'
    price = f'IF(Breach_Spread_Uncalibrated,IF(ISNUMBER(Out_Spread_Gap_Uncalibrated),{less}," It is not shown to pay enough."),"")'
    broken = 'Out_Broken_Tests&" of "&Out_Tests&IF(Out_Broken_Tests=1," tests is"," tests are")&" broken, though cash lasts"'
    return (
        '=IF(Out_Closing_Debt<=Cent,"Nothing is owed.",'
        'IF(Breach_Runs_Dry,"No: cash and coins run dry in quarter "&Out_Default_Quarter&" after closing.",'
        f'IF(AND(Out_Broken_Tests=1,Breach_Outside_Money),"Only if the outside money comes: {without}&". Every other test holds.",'
        f'IF(Out_Broken_Tests>0,"Not as it stands: "&{broken}&{condition}&{price},'
        '"Yes: every test holds, also without outside money."))))'
    )


def _spread() -> str:
    """Formula of the answer to 'at what spread'."""
    fair = (
        f'"fair for all debt as one loan "&{bp("Out_Fair_Spread_Uncalibrated")}&", converged "&{bp("Out_Converged_Spread_Uncalibrated")}'
        f'&", with a default in "&{percent("Out_PD_Uncalibrated")}&" of the paths. Uncalibrated, no build-out in it, and it hardly moves with the scenario; "'
        f'&{percent("Out_Reported_Inputs")}&" of the inputs are more than assumed."'
    )
    why_not = f'"mining brings "&{percent("Mining_Share")}&" of the margins, which the deal scenario does not know."'
    return (
        f'=IF(ISNUMBER(Out_Quoted_Spread),"Quoted "&{bp("Out_Quoted_Spread")}&" over base on notes and loans","Nothing but converts: no spread is quoted")&"; "'
        f'&IF(Priced,{fair},"no fair spread is shown: "&IF(Out_Closing_Debt<=Cent,"nothing is owed.",{why_not}))'
    )


def _what_breaks() -> str:
    """Formula of the answer to 'what breaks it'."""
    paid_up = 'IF(Out_Paid_Up>Cent,"; before that USD "&TEXT(ROUND(Out_Paid_Up/Million,1),"0.0")&" m was paid up to the parent","")'
    falls = "&".join((breaks("Coin", "the coin"), breaks("Rent", "AI rent"), covenant("DSCR", "Out_DSCR_Rent_Fall", "rent"), '" "', covenant("LTV", "Out_LTV_Value_Fall", "value")))  # fmt: skip
    return (
        '=IF(Out_Closing_Debt<=Cent,"Nothing is owed.",'
        f'IF(Breach_Runs_Dry,"It breaks as it stands, in quarter "&Out_Default_Quarter&": "&Stands_Why&{paid_up}&".",'
        f'"The waterfall again with lasting falls. "&{falls}))'
    )


def fill(cover: Cover, time: Timeline) -> None:
    """Answer the three questions, show the figures, the tests and the charts."""
    text = time.text
    cover.answers(
        '=Deal&", scenario: "&Scenario&", figures of "&TEXT(Closing,"yyyy-mm-dd")',
        _verdict(),
        _spread(),
        _what_breaks(),
    )
    for row in range(4, 7):
        cover.sheet.set_row(row, 48)
    first_dry = "IF(SUM({dry:})>0,MATCH(1,{dry:},0),0)"
    at_default = 'IF(Out_Default_Quarter>0,INDEX({{value_{0}:}},MAX(1,Out_Default_Quarter))/INDEX({{owed:}},MAX(1,Out_Default_Quarter)),"none")'
    cover.figures(LEFT, "Reverse stress and converts", [
        Result("Out_Coin_Fall_Survived", "Lasting fall of the coin that it survives", "=IF(Stands_When>0,0,Coin_Lasts)", "share"),
        Result("Out_Coin_Fall_Default", "Lasting fall of the coin at which it defaults, 100 %: none", "=IF(Stands_When>0,0,Coin_Fails)", "share"),
        Result("Out_Rent_Fall_Survived", "Lasting fall of AI rent that it survives", "=IF(Stands_When>0,0,Rent_Lasts)", "share"),
        Result("Out_Rent_Fall_Default", "Lasting fall of AI rent at which it defaults, 100 %: none", "=IF(Stands_When>0,0,Rent_Fails)", "share"),
        Result("Out_DSCR_Rent_Fall", "Fall of AI rent that breaks a tested DSCR, 100 %: none", text("=MIN({rent_to_dscr_tested:})"), "share"),
        Result("Out_LTV_Value_Fall", "Fall of value that breaks the LTV limit", "=MAX(0,1-Out_Worst_Economic_LTV/Max_LTV)", "share"),
        Result("Out_Site_Fall", "Fall of rigs and sites at which equity is gone (Look-through)", "=Equity_Gone", "share"),
        Result("Out_Busted_Converts", "Converts busted in the scenario", "=SUMPRODUCT(--Busted,--(Face_Of_Converts>0))", "count"),
        Result("Rank", "Rank of a portfolio: highest LTV, and one more where cash runs dry", "=Out_Worst_Economic_LTV+IF(Breach_Runs_Dry,1,0)", "number"),
        Result("Out_Tests", "Tests", "=" + "+".join(f"ROWS({name})" for name, *_ in BROKEN), "count"),
        Result("Out_Broken_Tests", "Tests broken", "=" + "+".join(f"IF({name},1,0)" for name, *_ in BROKEN), "count"),
        REPORTED,
    ])  # fmt: skip
    cover.figures(LEFT, "Cash and maturities", [
        Result("Out_Closing_Hashprice", "Hashprice at closing, USD/PH/day", text("={hashprice^}"), "cents"),
        Result("Out_Least_Hashprice", "Lowest hashprice", text("=MIN({hashprice:})"), "cents"),
        Result("Out_Min_DSCR", "Lowest DSCR without bullets, build-out included", text("=HC_DSCR_MIN({cfads:},{service:})"), "multiple"),
        Result("Out_Tested_DSCR", "Lowest DSCR without bullets, once tested", text("=HC_DSCR_MIN({cfads:},{service_tested:})"), "multiple"),
        Result("Out_Peak_EBITDA", "Highest EBITDA of a year, USD m", text("=MAX({ebitda:})*Periods_Per_Year"), "mn"),
        Result("Out_Wall_Soon", "Falls due inside 24 months, share of debt", "=Wall_Soon", "share"),
        Result("Out_Rollover_Gap", "Rollover gap at 24 months if no one lends, USD m", text("=MAX(0,INDEX({gap:},Wall_Years*Periods_Per_Year))"), "mn"),
        Result("Out_Largest_Gap", "Largest rollover gap of the eight years, USD m", text("=MAX({gap_so_far:})"), "mn"),
        Result("Out_Gap_Quarter", "Quarter in which the gap opens, 0: never", text("=IF(Out_Largest_Gap>0,1+SUMPRODUCT(--({gap_so_far:}<=0)),0)"), "count"),
        Result("Out_Outside_Money", "Prepayments and new equity counted on, USD m", text("={prepaid_in#}+{equity_in#}"), "mn"),
        Result("Out_Outside_Default", "Quarter in which cash runs dry without them, 0: never", "=Outside_When", "count"),
        Result("Out_Paid_Up", "Paid up to the parent before that, or in eight years, USD m", text("=-SUMPRODUCT({distributed:}*(1-{failed:}))"), "mn"),
        Result("Out_Default_Quarter", "Quarter in which cash runs dry, 0: never", text("=" + first_dry), "count"),
        Result("Out_Recovery_At_Default", "Economic value over what is owed, then", text("=" + at_default.format("economic")), "share"),
        Result("Out_Recovery_Uncalibrated", "Sale in a hurry over what is owed, then (uncalibrated)", text("=" + at_default.format("liquidation")), "share"),
    ])  # fmt: skip
    cover.figures(RIGHT, "Balance sheet", [
        Result("Out_Closing_Debt", "Debt at closing, USD m", text("={debt^}"), "mn"),
        Result("Out_Closing_Coins", "Coins at market, USD m", text("={coin_value^}"), "mn"),
        Result("Out_Closing_Book_LTV", "LTV at closing, on book value", text("={ltv_book^}"), "share"),
        Result("Out_Closing_Economic_LTV", "LTV at closing, on economic value", text("={ltv_economic^}"), "share"),
        Result("Out_At_Cost", "Share of that value which is cost: book is the lowest", text("=(IF({rig_value^}>={rig_book^},{rig_book^},0)+IF({ai_value^}>={ai_book^},{ai_book^},0))/MAX(1,{value_economic^})"), "share"),
        Result("Out_Closing_Liquidation_LTV_Uncalibrated", "LTV at closing, sale in a hurry (uncalibrated)", text("={ltv_liquidation^}"), "share"),
        Result("Out_Worst_Economic_LTV", "Highest LTV on economic value", text("=MAX({ltv_economic::})"), "share"),
        Result("Out_Worst_Liquidation_LTV_Uncalibrated", "Highest LTV, sale in a hurry (uncalibrated)", text("=MAX({ltv_liquidation::})"), "share"),
    ])  # fmt: skip
    cover.figures(RIGHT, "Price of the risk", [
        Result("Out_Quoted_Spread", "Quoted spread, notes and loans", "=Quoted", "bp"),
        Result("Out_Fair_Spread_Uncalibrated", "Fair spread of all debt (uncalibrated)", '=IF(Priced,Scenario_Spread,"none")', "bp"),
        Result("Out_Converged_Spread_Uncalibrated", "Fair spread, converged (uncalibrated)", '=IF(Priced,Converged_Spread,"none")', "bp"),
        Result("Out_Spread_Gap_Uncalibrated", "Quoted less fair (uncalibrated)", '=IF(AND(Priced,ISNUMBER(Out_Quoted_Spread)),HC_SPREAD_GAP(Out_Quoted_Spread,Out_Fair_Spread_Uncalibrated),"none")', "bp"),
        Result("Out_PD_Uncalibrated", "Probability of default (uncalibrated)", '=IF(Priced,Scenario_PD,"none")', "share"),
        Result("Out_Converged_PD_Uncalibrated", "Probability of default, converged (uncalibrated)", '=IF(Priced,Converged_PD,"none")', "share"),
        Result("Out_LGD_Uncalibrated", "Loss given default (uncalibrated)", '=IF(Priced,IFERROR(Scenario_LGD,0),"none")', "share"),
        Result("Out_Converged_LGD_Uncalibrated", "Loss given default, converged (uncalibrated)", '=IF(Priced,IFERROR(Converged_LGD,0),"none")', "share"),
        Result("Out_Converged_Min_DSCR", "Median lowest DSCR of the deal scenario, converged", '=IF(Priced,Converged_DSCR,"none")', "multiple"),
    ])  # fmt: skip
    cover.tests("Tests (TRUE: broken)", [(name, label, text(formula)) for name, label, formula in BROKEN])
    _charts(cover, time)


def _charts(cover: Cover, time: Timeline) -> None:
    """Three LTVs, leverage and cover, the wall, and where equity is gone."""
    book, text = cover.book, time.text
    dates = text("{date:}")
    ltv = line_chart(
        book,
        "LTV up to 150 %: book, economic, sale in a hurry (uncalibrated)",
        text("{date::}"),
        [
            ("Book", text("{ltv_book::}")),
            ("Economic", text("{ltv_economic::}")),
            ("Sale in a hurry", text("{ltv_liquidation::}")),
            ("Most LTV", text("{limit::}")),
        ],
        "0%",
        "mmm yy",
        low=0,
        high=1.5,
        every=4,
    )
    margins = column_chart(
        book,
        "Margin of mining and of AI hosting, USD m a quarter",
        dates,
        [("Mining", text("{c_mining:}")), ("AI hosting", text("{c_hosting:}"))],
        "0,,",
        "mmm yy",
        every=4,
    )
    leverage = line_chart(
        book,
        "Net debt over EBITDA, and interest cover, up to 12x",
        dates,
        [
            ("Net debt over EBITDA", text("{leverage:}")),
            ("Most", text("{most_leverage:}")),
            ("Interest cover", text("{icr:}")),
            ("Least", text("{least_icr:}")),
        ],
        '0"x"',
        "mmm yy",
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
        "mmm yy",
        every=4,
    )
    cover.charts([ltv, margins, wall_chart(book), iso_chart(book), leverage, liquidity])
