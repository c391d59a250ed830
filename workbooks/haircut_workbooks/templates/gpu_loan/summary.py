"""The cover of the gpu_loan template, and its checks."""

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import LEFT, REPORTED, RIGHT, Cover, line_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import Result

HEADLINE = '=Deal&" | "&Borrower&" | "&Collateral&" | "&Rating&" | case: "&Scenario'


def _spread(name: str) -> str:
    return f'IF({name}>Most_Spread,"over "&TEXT(Most_Spread,"#,##0"),TEXT(ROUND({name},0),"#,##0"))'


VERDICT = (
    '=IF(OR(Breach_DSCR,Breach_Maintenance,Breach_Realisation,Breach_Size,Breach_Runs_Dry,Breach_Needs_Trap),"On its cash: no","On its cash: yes")'
    '&" (lowest DSCR "&TEXT(ROUND(Out_Min_DSCR,2),"0.00")&"x; "&TEXT(ROUND(Out_Contract_Min_DSCR,2),"0.00")&"x while the contract runs, "&TEXT(ROUND(Out_Tenant_Gone_Min_DSCR,2),"0.00")&"x with the tenant gone). "'
    '&IF(OR(Breach_Limit,Breach_Economic_Value),"On its collateral: no","On its collateral: yes, as machines without the contract")'
    '&" (economic LTV "&TEXT(ROUND(Out_Closing_Economic_LTV,2),"0%")&" at closing, at most "&TEXT(ROUND(Out_Peak_Economic_LTV,2),"0%")&" on "&TEXT(Out_Peak_Date,"yyyy-mm-dd")&"; net of cash in the lender\'s accounts at most "&TEXT(ROUND(Out_Peak_Net_LTV,2),"0%")&")."'
)
SPREAD = (
    '="Quoted "&TEXT(ROUND(Quoted_Spread,0),"#,##0")&" bp over base; fair "&'
    + _spread("Fair_Spread")
    + '&" bp on the stated PD ("&'
    + _spread("Fair_Spread_Gross")
    + '&" if trapped cash were gone)"'
    '&IFERROR(", "&'
    + _spread("Converged_Scenario_Spread")
    + '&" bp on paths, converged","")&". The fair ones rest on an uncalibrated market depth; the sheet Price reconciles them."'
)
BREAKS = (
    '=IF(Out_Rent_Fall<=0,"DSCR is under its covenant from "&TEXT(Out_First_Breach,"yyyy-mm-dd")&", by USD "&TEXT(ROUND(MAX({lacking:})/Million,1),"#,##0.0")&" m a quarter at most. ",'
    'IF(Out_Rent_Fall<1,"DSCR: a market rent "&TEXT(ROUND(Out_Rent_Fall,2),"0%")&" lower. ","DSCR: no fall in market rent, but "&TEXT(ROUND(Out_Revenue_Fall,2),"0%")&" less revenue, contracts included. "))'
    '&IF(Out_Value_Fall<=0,"Debt is over its limit on value, by USD "&TEXT(ROUND(MAX({over_limit::})/Million,1),"#,##0.0")&" m at most. ","LTV limit: a value "&TEXT(ROUND(Out_Value_Fall,2),"0%")&" lower. ")'
    '&IFERROR("Recovery: a market shallower than "&TEXT(ROUND(Worst_Break_Depth,0),"#,##0")&" GPUs ("&TEXT(ROUND(Live_Depth,0),"#,##0")&" assumed).",IF(Worst_LGD>0,"Recovery: at the worst date no market is deep enough.","Recovery: hardly any market is too shallow."))'
    '&IF(Out_Locked_Quarters>0," Equity is locked up in "&TEXT(Out_Locked_Quarters,"0")&" quarters.","")'
)
CASH = (
    Result("Out_Debt", "Drawn, USD m", "=Drawn", "mn"),
    Result("Out_Equity", "Equity, USD m", "=Equity", "mn"),
    Result("Out_Funded_Interest", "Interest and fee that equity pays before service, USD m", "={funded#}", "mn"),
    Result("Out_Min_DSCR", "Lowest DSCR to maturity", "=HC_DSCR_MIN({cash:},{due:})", "multiple"),
    Result("Out_Contract_Min_DSCR", "Lowest DSCR while the contract runs", "=HC_DSCR_MIN({cash:},{due_in_contract:})", "multiple"),
    Result("Out_Quarters_Below_1x", "Quarters in which cash does not cover service", "=SUMPRODUCT(({cash:}<{due:})*({due:}>0))", "count"),
    Result("Out_Tenant_Gone_Min_DSCR", "Lowest DSCR, tenant gone, fleet let at the market", "=HC_DSCR_MIN({cash_gone:},{stressed_service:})", "multiple"),
    Result("Out_Shocked_Min_DSCR", "Lowest DSCR, base rate shocked, hedges held", "=HC_DSCR_MIN({cash:},{shocked_service:})", "multiple"),
    Result("Out_Unhedged_Min_DSCR", "Lowest DSCR, base rate shocked, no hedge", "=HC_DSCR_MIN({cash:},{unhedged_service:})", "multiple"),
    Result("Out_Locked_Quarters", "Quarters in which cash is locked up", "=SUM({w_locked:})", "count"),
    Result("Out_Most_Held", "Most cash in the lender's accounts, USD m", "=MAX({w_held::})", "mn"),
    Result("Out_Converged_Min_DSCR", "Lowest DSCR, converged bad year", "=Converged_Min_DSCR", "multiple"),
    Result("Out_LLCR", "LLCR when repayment starts (balloon not covered)", "=HC_LLCR({cash_to_maturity:},Drawn,Loan_Rate,Periods_Per_Year)*(1+Loan_Rate/Periods_Per_Year)^Repays_After", "multiple"),
    Result("Out_Contract_Coverage", "Contracted cash over the loan, present values", "=Contract_Coverage", "multiple"),
    Result("Out_Debt_Capacity", "Debt that a sculpted schedule carries, USD m", "=By_DSCR", "mn"),
    Result("Out_Rent_Cliff", "Rent when the contract ends, against it", "=Rent_Cliff", "share"),
    Result("Out_Debt_At_Expiry", "Debt owed then, USD m", "=Debt_At_Expiry", "mn"),
    Result("Out_Cliff_Debt_Over_Cash", "That debt over the value of later cash", "=Cliff_Debt_Over_Cash", "share"),
    Result("Out_Rent_Fall", "Fall in market rent that breaks DSCR; 0: broken, 100 %: none", "=MIN({rent_room:})", "share"),
    Result("Out_Revenue_Fall", "Fall in all revenue that breaks DSCR; 0: broken", "=MIN({revenue_room:})", "share"),
    Result("Out_First_Breach", "First quarter with DSCR under its covenant", '=IFERROR(INDEX({date:},MATCH(1,{below:},0)),"never")', "date"),
)  # fmt: skip
PRICE = (
    Result("Out_Fair_Spread_Uncalibrated", "Fair spread (uncal.)", "=Fair_Spread", "bp"),
    Result("Out_Quoted_Spread", "Quoted spread", "=Quoted_Spread", "bp"),
    Result("Out_Gross_Fair_Spread_Uncalibrated", "Fair spread if trapped cash were gone (uncal.)", "=Fair_Spread_Gross", "bp"),
    Result("Out_Spread_Gap_Uncalibrated", "Quoted less the higher fair one (uncal.)", "=Quoted_Spread-Higher_Fair", "bp"),
    Result("Out_PD", "Default by maturity, stated PD", "=INDEX({pd:},Maturity_Quarter)", "share"),
    Result("Out_Scenario_PD", "Default by maturity on paths, converged", "=Converged_Scenario_PD", "share"),
    Result("Out_Converged_Scenario_Spread_Uncalibrated", "Fair spread on paths, converged (uncal.)", "=Converged_Scenario_Spread", "bp"),
    REPORTED,
)  # fmt: skip
ASSET = (
    Result("Out_Closing_Book_LTV", "Book LTV at closing", "={ltv_book^}", "share"),
    Result("Out_Closing_Economic_LTV", "Economic LTV at closing", "={ltv_economic^}", "share"),
    Result("Out_Closing_Contract_LTV", "Economic LTV at closing, contract taken over", "={ltv_contract^}", "share"),
    Result("Out_Closing_Liquidation_LTV_Uncalibrated", "Liquidation LTV at closing (uncal.)", "={ltv_liquidation^}", "share"),
    Result("Out_Peak_Economic_LTV", "Economic LTV, peak", "=MAX({known_economic::})", "share"),
    Result("Out_Peak_Date", "Date of that peak", "=INDEX({date::},MATCH(MAX({known_economic::}),{known_economic::},0))", "date"),
    Result("Out_Peak_Net_LTV", "Economic LTV net of reserve and trapped cash, peak", "=MAX({known_net::})", "share"),
    Result("Out_Peak_Liquidation_LTV_Uncalibrated", "Liquidation LTV, peak (uncal.)", "=MAX({known_liquidation::})", "share"),
    Result("Out_Peak_Gross_LGD_Uncalibrated", "LGD if trapped cash were gone, peak (uncal.)", "=MAX({lgd_gross::})", "share"),
    Result("Out_Peak_LGD_Uncalibrated", "LGD net of cash, peak (uncal.)", "=MAX({lgd::})", "share"),
    Result("Out_Worst_Date_Uncalibrated", "Date of the largest loss in USD, net of cash (uncal.)", "=Worst_Date", "date"),
    Result("Out_Worst_Book_LTV", "Book LTV then", "=INDEX({ltv_book::},Worst_Place)", "share"),
    Result("Out_Worst_Economic_LTV", "Economic LTV then", "=INDEX({ltv_economic::},Worst_Place)", "share"),
    Result("Out_Worst_Contract_LTV", "Economic LTV then, contract taken over", "=INDEX({ltv_contract::},Worst_Place)", "share"),
    Result("Out_Worst_Liquidation_LTV_Uncalibrated", "Liquidation LTV then (uncal.)", "=INDEX({ltv_liquidation::},Worst_Place)", "share"),
    Result("Out_LGD_Uncalibrated", "LGD then, net of cash (uncal.)", "=Worst_LGD", "share"),
    Result("Out_Contract_LGD", "LGD then if the contract is taken over", "=HC_LGD(Worst_Exposure,INDEX({with_contract::},Worst_Place)+Worst_Cash)", "share"),
    Result("Out_Converged_LGD_Uncalibrated", "LGD, converged bad year (uncal.)", "=Converged_LGD", "share"),
    Result("Out_Break_Even_Depth_Uncalibrated", "Break-even depth then, GPUs (uncal.)", '=IFERROR(Worst_Break_Depth,"no depth")', "count"),
    Result("Out_Closing_Break_Even_Depth_Uncalibrated", "Break-even depth at closing, GPUs (uncal.)", '=IFERROR(Closing_Break_Depth,"no depth")', "count"),
    Result("Out_Assumed_Depth_Uncalibrated", "Assumed depth, GPUs (uncal.)", "=Live_Depth", "count"),
    Result("Out_Any_Depth_Recovery_Uncalibrated", "Recovery in a market of any depth (uncal.)", "=Any_Depth_Recovery", "share"),
    Result("Out_Tape_Needed", "Months of the whole executed tape that the sale needs", "=Tape_Needed", "rent"),
    Result("Out_Months_To_Sell_Uncalibrated", "Months to sell, legal stay included (uncal.)", "=Worst_Months+Live_Legal_Months", "rent"),
    Result("Out_Required_Haircut_Uncalibrated", "Haircut with no loss at any date (uncal.)", "=Required_Haircut", "share"),
    Result("Out_Value_Fall", "Fall in value that breaks the LTV limit; 0: broken", "=MIN({value_room::})", "share"),
    Result("Out_Duration_Gap", "Duration gap, years", '=IF(Duration_Gap<-Periods/Periods_Per_Year,"no rent to set against it",Duration_Gap)', "years"),
    Result("Out_Balloon_On_Scrap", "Debt left when the fleet is scrap, USD m", "=On_Scrap", "mn"),
)  # fmt: skip
TESTS = (
    ("Breach_DSCR", "DSCR under its covenant", "={below#}>0"),
    ("Breach_Maintenance", "Maintenance DSCR under its covenant", "={below_maintenance#}>0"),
    ("Breach_Realisation", "Contract cash realised under its covenant", "={below_realised#}>0"),
    ("Breach_Size", "Debt above what a sculpted schedule carries", "=Drawn>By_DSCR"),
    ("Breach_Runs_Dry", "Cash runs dry before maturity", "=INDEX({dry:},Periods)>0"),
    ("Breach_Needs_Trap", "Service needs more than the reserve", "=INDEX({needs_trap:},Periods)>0"),
    ("Breach_Tenant", "Cash does not serve the debt with the tenant gone", "=Out_Tenant_Gone_Min_DSCR<1"),
    ("Breach_Limit", "Debt over its limit to cost or value", '=IF(Limit_On="cost",Drawn>Max_LTV*Total_Cost,{above#}>0)'),
    ("Breach_Economic_Value", "Debt above economic value at some date", "=SUMPRODUCT(({balance::}>{economic::})*1)>0"),
    ("Breach_Liquidation_Uncalibrated", "Forced sale would not repay (uncal.)", "=Worst_LGD>0"),
    ("Breach_Price_Uncalibrated", "Spread under a fair one: stated PD or paths (uncal.)", "=Quoted_Spread<Higher_Fair"),
)  # fmt: skip
EVERY_LINE = "owned step_value book_value rent revenue cfads balance service x_opening w_closing least economic with_contract proceeds shortfall pd cash_converged value_room"
CHECKS = (
    ("No_Errors", "No error value on a calculation sheet", "=ISNUMBER(" + "+".join(f"SUM({{{key}:}})" for key in EVERY_LINE.split()) + ")"),
    ("Sources_Are_Uses", "Sources equal uses, period by period against the totals", "=ABS(Sources-Uses)<=Cent"),
    ("Within_Commitment", "Draws stay within the commitment and stop when it ends", "=AND(Drawn<=Debt+Cent,SUMPRODUCT({draw:}*({years:}>Availability_End))=0)"),
    ("Debt_Repaid", "Principal and balloon add up to what was drawn", "=ABS({principal#}+{balloon#}+Drawn)<=Cent"),
    ("Balance_Rolls", "Opening balances, draws and repayments give the closing ones", "=ABS(SUM({opening:})+SUM({draw:})+{principal#}+{balloon#}-SUM({balance:}))<=Cent"),
    ("Balance_Ties", "Interest is the rate on the balances", "=ABS(SUM({opening:})*Loan_Rate/Periods_Per_Year-{interest#})<=Cent"),
    ("Schedule_Ties", "Principal on the timeline equals the schedule's", '=OR(Style="sculpted",ABS({principal#}+SUM({s_principal:}))<=Cent)'),
    ("Schedule_Valid", "The loan terms make a schedule", '=HC_WHY("HC_DEBT_SCHEDULE",Drawn,Loan_Rate,Payments,IF(Style="sculpted","straight",Style),Balloon_Share,Periods_Per_Year)="ok"'),
    ("Never_Negative", "No balance, reserve or cash is below zero", "=MIN({balance::},{w_closing::},{w_reserve::},{w_cash::},{w_distributed:})>=-Cent"),
    ("Cash_Conserved", "What comes in is paid, swept, distributed or still held", "=ABS({w_cfads#}+{w_equity#}+{w_deficit#}+Opening_Cash-{w_interest_paid#}-{w_principal_paid#}-{w_swept#}-{w_distributed#}-INDEX({w_cash:},Periods)-INDEX({w_reserve:},Periods))<=Cent"),
    ("Waterfall_Rolls", "The waterfall's debt rolls", "=ABS({w_draw#}+{w_interest#}-{w_interest_paid#}-{w_principal_paid#}-{w_swept#}-{w_refinanced#}-INDEX({w_closing:},Periods))<=Cent"),
    ("Revenue_Ties", "The first vintage's revenue equals HC_GPU_REVENUE", "=ABS(SUMPRODUCT({per_gpu:}*{earning_1:})-{contracted_1#}-{merchant_1#})<=Cent"),
    ("Fleet_Ties", "Depreciation adds up to cost less what is left of it", "=ABS({depreciation#}+INDEX({book_value:},Periods)-{bought#}+{bought^}-{book_value^})<=Cent"),
    ("Binding_Is_Least", "The binding value is the least of the three", "=AND(MAX({tie::})<=Cent,MIN({tie::})>=-Cent)"),
    ("Sculpt_Repaid", "The sculpted debt rolls to zero", "=ABS(INDEX({x_closing:},Periods))<=Cent"),
    ("LTV_Ties", "LTV at closing equals debt over each value", "=ABS({ltv_book^}*{book^}-{balance^})+ABS({ltv_economic^}*{economic^}-{balance^})<=Cent"),
    ("One_Instant", "Exposure at a default is the closing balance with the missed payment added back", "=ABS(SUM({exposure:})-{interest#}-{fee#}+{funded#}+{principal#}+{balloon#}-SUM({balance:}))<=Cent"),
    ("Net_Of_Cash", "Cash credited at a default is no more than the exposure, and was held", "=AND(MIN({net::})>=0,SUM({credited:})<=SUM({w_before:})+Cent)"),
    ("Converged_Valid", "The converged matrix is a correlation matrix with ones on its diagonal", "=AND(HC_CORR_CHECK(Converged_Correlations)>=-Tiny,ABS(SUM(Converged_Correlations)-SUMPRODUCT(Converged_Correlations*(Converged_Correlations<1))-ROWS(Converged_Correlations))<=Tiny)"),
    ("Worst_Is_Worst", "The worst date's loss is the largest of all dates", "=ABS(MAX(0,Worst_Net-Worst_Proceeds)-MAX({shortfall::}))<=Cent"),
    ("Sale_Ties", "The forced sale sells every GPU", "=ABS(Sold-Worst_Gpus)<=Tiny*Worst_Gpus"),
)  # fmt: skip


def fill_cover(cover: Cover, time: Timeline) -> None:
    """Answers, figures in both modes of lending, tests, charts."""
    cover.answers(HEADLINE, VERDICT, SPREAD, time.text(BREAKS))
    cover.figures(LEFT, "Cash-flow-led", time.placed(CASH))
    cover.figures(LEFT, "Price", time.placed(PRICE))
    cover.book.name("Rank", cover.sheet, (cover.next[RIGHT] + 2, RIGHT + 1))
    cover.figures(RIGHT, "Asset-led", time.placed(ASSET))
    cover.tests(
        "Breaches and warnings", [(name, label, time.text(formula)) for name, label, formula in TESTS]
    )

    def chart(title: str, number: str, *lines: tuple[str, str], high: float | None = None) -> Chart:
        every = "::" if time.lines[lines[0][1]].closing else ":"
        series = [(label, time.text(f"{{{key}{every}}}")) for label, key in lines]
        dates = time.text(f"{{date{every}}}")
        return line_chart(cover.book, title, dates, series, number, "yyyy", low=0, high=high, every=4)

    cover.charts(
        [
            chart("Loan to value, cut off at 300 %", "0%", ("Book", "ltv_book"), ("Economic", "ltv_economic"), ("Liquidation (uncal.)", "ltv_liquidation"), ("Economic, net of cash", "ltv_net"), ("Limit", "limit"), high=3),
            chart("Collateral and debt, USD m", "#,##0,,", ("Book", "book"), ("Economic", "economic"), ("Forced sale (uncal.)", "proceeds"), ("Reserve and cash kept", "w_held"), ("Debt", "balance")),
            chart("Cash and debt service, USD m a quarter", "#,##0,,", ("CFADS", "cash"), ("CFADS, converged bad year", "cash_converged"), ("Debt service", "due")),
            chart("DSCR and its covenant, cut off at 3x", '0.0"x"', ("DSCR", "dscr"), ("Looking back", "trailing"), ("Covenant", "covenant"), high=3),
        ]
    )  # fmt: skip
