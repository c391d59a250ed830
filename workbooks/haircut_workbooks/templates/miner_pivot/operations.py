"""The business by quarter: coin, network and hashprice; the mining that is given up; the AI hosting that replaces it."""

from haircut_workbooks.templates.lines import Timeline

STRUCK = "IF({period}>=Shock_Quarter,1,0)"


def mining(time: Timeline) -> None:
    """Add what a petahash earns, and what the fleet makes of it."""
    sheet = time.sheet(
        "Coin and hash",
        "Coin and hash",
        "Coin, network and halving make the hashprice; the fleet mines while it pays for its power, and shrinks as its power goes to AI hosting.",
    )
    sheet.section("Market")
    for key, label, path in (
        ("replay_coin", "Coin in the replay, against closing", "Replay_Coin_Path"),
        ("replay_network", "Network in the replay, against closing", "Replay_Network_Path"),
    ):
        place = f"INDEX({path},1+MIN({{period}}+Replay_Offset,Replay_Quarters))"
        sheet.line(key, label, "x", "multiple", f"={place}/INDEX({path},1+Replay_Offset)")
    for key, label, unit, style, level, drift, jump, replay in (
        ("coin", "Coin price", "USD", "money", "Coin_Price", "Coin_Drift", "-Live_Coin_Fall", "replay_coin"),
        ("network", "Network", "EH/s", "count", "Network_EHs", "Network_Growth", "+Live_Network_Rise", "replay_network"),
    ):  # fmt: skip
        formula = f"={level}*IF(Live_Replay=1,{{{replay}}},(1+{drift})^{{years}}*(1{jump}*{STRUCK}))"
        sheet.line(key, label, unit, style, formula, closing=f"={level}")
    height = "=ROUND(Anchor_Height+({date}-Anchor_Date)*Blocks_Per_Day,0)"
    sheet.line("height", "Block height", "blocks", "count", height, closing=height)
    sheet.spill(
        "=HC_SUBSIDY({height::})",
        ("subsidy", "Subsidy, halved at its date", "BTC a block", "number"),
        closing=True,
    )
    sheet.spill(
        "=HC_HASHPRICE({coin::},{network::},{subsidy::},Fees_Per_Block)",
        ("hashprice", "Hashprice", "USD/PH/day", "cents"),
        closing=True,
    )
    sheet.line(
        "power",
        "Power price",
        "USD/kWh",
        "number",
        f"=Power_Price*(1+Live_Power_Rise*{STRUCK})",
        closing="=Power_Price",
    )
    sheet.spill(
        "=HC_MINING_MARGIN({hashprice::},Efficiency,{power::})",
        ("margin", "Margin after power", "USD/PH/day", "cents"),
        closing=True,
    )
    sheet.section("Fleet")
    sheet.line(
        "handed",
        "Power handed to AI hosting",
        "MW",
        "count",
        "=({ai_mw}-AI_MW_Now)*Handover_Share",
        closing="=0",
    )
    sheet.line(
        "ehs",
        "Hashrate left",
        "EH/s",
        "number",
        "=MAX(0,Hashrate_EHs-{handed}/Efficiency)",
        closing="=Hashrate_EHs",
    )
    pays = "=IF({margin}>Site_Per_PH_Day,1,0)"
    sheet.line("runs", "Mining pays for power and site", "1 = yes", "flag", pays)
    sheet.line(
        "ph_days",
        "Work",
        "PH/s x days",
        "count",
        "={ehs}*Full_Quarter*{runs}",
        total=True,
    )
    sheet.section("Cash of mining")
    sheet.line("mined", "Coins mined", "BTC", "cents", "={ph_days}*{hashprice}/{coin}", total=True)
    sheet.line("mining_revenue", "Revenue", "USD m", "mn", "={ph_days}*{hashprice}", total=True)
    sheet.line(
        "mining_power",
        "Power",
        "USD m",
        "mn",
        "=-{ph_days}*Efficiency*Hours_Per_Day*{power}",
        total=True,
    )
    sheet.line(
        "mining_site",
        "Sites, also where the rigs stand still",
        "USD m",
        "mn",
        "=-{ehs}*Efficiency*Site_Cost_Per_MW/Periods_Per_Year*IF({runs}=1,1,Idle_Cost)",
        total=True,
    )
    sheet.line(
        "mining_cash",
        "Mining margin",
        "USD m",
        "mn",
        "={mining_revenue}+{mining_power}+{mining_site}",
        total=True,
        bold=True,
    )


def hosting(time: Timeline) -> None:
    """Add the build-out, its contracts, and its book."""
    sheet = time.sheet(
        "AI hosting",
        "AI hosting",
        "Capacity is paid for as planned and earns from its delivery on. Contracts end on their date, then the market pays.",
    )
    sheet.section("Build-out")
    progress = "MIN(1,MAX(0,({{period}}-AI_Start_Quarter{late}+1)/AI_Build_Quarters))"
    sheet.line(
        "paid_share",
        "Paid for, as planned",
        "share",
        "share",
        f"=AI_Paid_Share+(1-AI_Paid_Share)*{progress.format(late='')}",
        closing="=AI_Paid_Share",
    )
    sheet.line(
        "ai_mw",
        "In service at the end",
        "MW",
        "count",
        f"=AI_MW_Now+(AI_MW_Full-AI_MW_Now)*{progress.format(late='-Live_Delay')}",
        closing="=AI_MW_Now",
    )
    sheet.line(
        "ai_capex",
        "Cost to build",
        "USD m",
        "mn",
        "=(AI_MW_Full-AI_MW_Now)*({paid_share}-{paid_share<})*AI_Capex_Per_MW*Million*(1+Live_Overrun)",
        total=True,
    )
    sheet.section("Money from outside: prepayments are owed, new shares bring what they are worth that day")
    sheet.line("prepaid_in", "Prepaid by tenants", "USD m", "mn", "={ai_capex}*Prepaid_Share", total=True)
    sheet.line(
        "share_level",
        "Price of the share, against closing",
        "share",
        "share",
        "=MAX(0,MIN(1,1-Share_Beta*(1-{coin}/Coin_Price)))",
    )
    sheet.line(
        "equity_in",
        "New equity",
        "USD m",
        "mn",
        "={ai_capex}*Equity_Share*{share_level}*Live_Equity",
        total=True,
    )
    sheet.line(
        "prepaid_credit",
        "Worked off by rent",
        "USD m",
        "mn",
        "=MIN({prepaid<},Prepayment_Credit*{contract_revenue})",
        total=True,
    )
    sheet.line(
        "prepaid",
        "Prepayments still owed",
        "USD m",
        "mn",
        "={prepaid<}+{prepaid_in}-{prepaid_credit}",
        closing="=0",
    )
    sheet.section("Rent")
    sheet.line(
        "contracted",
        "Under contract",
        "share",
        "share",
        f"=IF({{years<}}<AI_Contract_Years,AI_Contracted_Share*(1-Live_Tenant_Lost*{STRUCK}),0)",
        closing="=IF(AI_Contract_Years>0,AI_Contracted_Share,0)",
    )
    sheet.line(
        "contract_rent",
        "Contract rent",
        "USD m/MW/year",
        "cents",
        f"=AI_Contract_Rent*(1-(1-Contract_Strength)*Live_Rent_Fall*{STRUCK})",
        closing="=AI_Contract_Rent",
    )
    sheet.line(
        "market_rent",
        "Market rent",
        "USD m/MW/year",
        "cents",
        f"=AI_Market_Rent*(1-AI_Rent_Decline)^{{years}}*(1-Live_Rent_Fall*{STRUCK})",
        closing="=AI_Market_Rent",
    )
    sheet.line(
        "contract_revenue",
        "Contract revenue",
        "USD m",
        "mn",
        "={ai_mw<}*{contracted}*{contract_rent}*Million/Periods_Per_Year",
        total=True,
    )
    sheet.line(
        "merchant_revenue",
        "Merchant revenue",
        "USD m",
        "mn",
        "={ai_mw<}*(1-{contracted})*AI_Utilisation*{market_rent}*Million/Periods_Per_Year",
        total=True,
    )
    sheet.line("ai_revenue", "Revenue", "USD m", "mn", "={contract_revenue}+{merchant_revenue}", total=True)
    sheet.line(
        "ai_cost",
        "Operating cost",
        "USD m",
        "mn",
        "=-{ai_mw<}*AI_Contract_Rent*AI_Cost_Share*Million/Periods_Per_Year",
        total=True,
    )
    sheet.line("ai_cash", "Hosting margin", "USD m", "mn", "={ai_revenue}+{ai_cost}", total=True, bold=True)
    sheet.section("Book value of what is built")
    sheet.line(
        "ai_cost_base",
        "Cost so far",
        "USD m",
        "mn",
        "={ai_cost_base<}+{ai_capex}",
        closing="=(AI_MW_Now+(AI_MW_Full-AI_MW_Now)*AI_Paid_Share)*AI_Capex_Per_MW*Million",
    )
    sheet.line("ai_opening", "Opening book value", "USD m", "mn", "={ai_book<}")
    sheet.line(
        "ai_depreciation",
        "Depreciation",
        "USD m",
        "mn",
        "=MIN({ai_opening},{ai_cost_base<}/AI_Life/Periods_Per_Year)",
        total=True,
    )
    sheet.line(
        "ai_book",
        "Closing book value",
        "USD m",
        "mn",
        "={ai_opening}+{ai_capex}-{ai_depreciation}",
        closing="={ai_cost_base^}",
        bold=True,
    )
