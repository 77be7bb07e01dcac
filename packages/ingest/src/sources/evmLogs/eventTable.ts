/**
 * The events that are decoded: topic 0 (keccak-256 of the signature) and the declaration, from the contracts' public interfaces
 * as named, read 2026-11. Several have the same topic 0 and differ by how many parameters are indexed (a transfer of ERC-20 and
 * of ERC-721, `Mint` of Uniswap v2 and of Compound v2): the number of a log's topics tells them apart.
 */
export const EVENT_TABLE: readonly (readonly [topic0: string, declaration: string])[] = [
  // Tokens: EIP-20, EIP-721, and the wrapping of WETH9.
  [
    "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
    "event Transfer(address indexed from, address indexed to, uint256 value)",
  ],
  [
    "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
    "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
  ],
  [
    "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925",
    "event Approval(address indexed owner, address indexed spender, uint256 value)",
  ],
  [
    "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925",
    "event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)",
  ],
  [
    "0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31",
    "event ApprovalForAll(address indexed owner, address indexed operator, bool approved)",
  ],
  [
    "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c",
    "event Deposit(address indexed dst, uint256 wad)",
  ],
  [
    "0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65",
    "event Withdrawal(address indexed src, uint256 wad)",
  ],
  // Aave v2 and v3, the pool: aave protocol-v2 ILendingPool, aave-v3-core IPool.
  [
    "0xe413a321e8681d831f4dbccbca790d2952b56f977908e45be37335533e005286",
    "event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)",
  ],
  [
    "0x804c9b842b2748a22bb64b345453a3de7ca54a6ca45ce00d415894979e22897a",
    "event ReserveDataUpdated(address indexed reserve, uint256 liquidityRate, uint256 stableBorrowRate, uint256 variableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex)",
  ],
  [
    "0x3115d1449a7b732c986cba18244e897a450f61e1bb8d589cd2e69e6c8924f9f7",
    "event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)",
  ],
  [
    "0x00058a56ea94653cdf4f152d227ace22d4c00ad99e2a43f58cb7d9e3feb295f2",
    "event ReserveUsedAsCollateralEnabled(address indexed reserve, address indexed user)",
  ],
  [
    "0x44c58d81365b66dd4b1a7f36c25aa97b8c71c361ee4937adc1a00000227db5dd",
    "event ReserveUsedAsCollateralDisabled(address indexed reserve, address indexed user)",
  ],
  [
    "0x9f439ae0c81e41a04d3fdfe07aed54e6a179fb0db15be7702eb66fa8ef6f5300",
    "event RebalanceStableBorrowRate(address indexed reserve, address indexed user)",
  ],
  // Aave v2 only: protocol-v2 ILendingPool.
  [
    "0xde6857219544bb5b7746f48ed30be6386fefc61b2f864cacf559893bf50fd951",
    "event Deposit(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referral)",
  ],
  [
    "0xc6a898309e823ee50bac64e45ca8adba6690e99e7841c45d754e2a38e9019d9b",
    "event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint256 borrowRateMode, uint256 borrowRate, uint16 indexed referral)",
  ],
  [
    "0x4cdde6e09bb755c9a5589ebaec640bbfedff1362d4b255ebf8339782b9942faa",
    "event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount)",
  ],
  [
    "0xea368a40e9570069bb8e6511d668293ad2e1f03b0d982431fd223de9f3b70ca6",
    "event Swap(address indexed reserve, address indexed user, uint256 rateMode)",
  ],
  [
    "0x631042c832b07452973831137f2d73e395028b44b250dedc5abb0ee766e168ac",
    "event FlashLoan(address indexed target, address indexed initiator, address indexed asset, uint256 amount, uint256 premium, uint16 referralCode)",
  ],
  ["0x9e87fac88ff661f02d44f95383c817fece4bce600a3dab7a54406878b965e752", "event Paused()"],
  ["0xa45f47fdea8a1efdd9029a5691c7f759c32b7c698632b563573e155625d16933", "event Unpaused()"],
  // Aave v3 only: aave-v3-core and aave-v3-origin IPool; the deficit since v3.3.
  [
    "0x2b627736bca15cd5381dcf80b0bf11fd197d01a037c52b927a881a10fb73ba61",
    "event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)",
  ],
  [
    "0xb3d084820fb1a9decffb176436bd02558d15fac9b0ddfed8c465bc7359d7dce0",
    "event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)",
  ],
  [
    "0xa534c8dbe71f871f9f3530e97a74601fea17b426cae02e1c5aee42c96c784051",
    "event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)",
  ],
  [
    "0xefefaba5e921573100900a3ad9cf29f222d995fb3b6045797eaea7521bd8d6f0",
    "event FlashLoan(address indexed target, address initiator, address indexed asset, uint256 amount, uint8 interestRateMode, uint256 premium, uint16 indexed referralCode)",
  ],
  [
    "0x7962b394d85a534033ba2efcf43cd36de57b7ebeb3de0ca4428965d9b3ddc481",
    "event SwapBorrowRateMode(address indexed reserve, address indexed user, uint8 interestRateMode)",
  ],
  [
    "0xd728da875fc88944cbf17638bcbe4af0eedaef63becd1d1c57cc097eb4608d84",
    "event UserEModeSet(address indexed user, uint8 categoryId)",
  ],
  [
    "0xaef84d3b40895fd58c561f3998000f0583abb992a52fbdc99ace8e8de4d676a5",
    "event IsolationModeTotalDebtUpdated(address indexed asset, uint256 totalDebt)",
  ],
  [
    "0xf25af37b3d3ec226063dc9bdc103ece7eb110a50f340fe854bb7bc1b0676d7d0",
    "event MintUnbacked(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)",
  ],
  [
    "0x281596e92b2d974beb7d4f124df30a0b39067b096893e95011ce4bdad798b759",
    "event BackUnbacked(address indexed reserve, address indexed backer, uint256 amount, uint256 fee)",
  ],
  [
    "0xbfa21aa5d5f9a1f0120a95e7c0749f389863cbdbfff531aa7339077a5bc919de",
    "event MintedToTreasury(address indexed reserve, uint256 amountMinted)",
  ],
  [
    "0x2bccfb3fad376d59d7accf970515eb77b2f27b082c90ed0fb15583dd5a942699",
    "event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated)",
  ],
  [
    "0x84b203e49f1a4b553088061534231969a68ad1c81be192205e96d23a206cb26a",
    "event DeficitCovered(address indexed reserve, address caller, uint256 amountCovered)",
  ],
  // aTokens and debt tokens of Aave v3: aave-v3-core IScaledBalanceToken, IAToken.
  [
    "0x458f5fa412d0f69b08dd84872b0215675cc67bc1d5b6fd93300a1c3878b86196",
    "event Mint(address indexed caller, address indexed onBehalfOf, uint256 value, uint256 balanceIncrease, uint256 index)",
  ],
  [
    "0x4cf25bc1d991c17529c25213d3cc0cda295eeaad5f13f361969b12ea48015f90",
    "event Burn(address indexed from, address indexed target, uint256 value, uint256 balanceIncrease, uint256 index)",
  ],
  [
    "0x4beccb90f994c31aced7a23b5611020728a23d8ec5cddd1a3e9d97b96fda8666",
    "event BalanceTransfer(address indexed from, address indexed to, uint256 value, uint256 index)",
  ],
  // Compound v2: CTokenInterfaces, Comptroller; the AccrueInterest of three words is that of the first cTokens.
  [
    "0x4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f",
    "event Mint(address minter, uint256 mintAmount, uint256 mintTokens)",
  ],
  [
    "0xe5b754fb1abb7f01b499791d0b820ae3b6af3424ac1c59768edb53f4ec31a929",
    "event Redeem(address redeemer, uint256 redeemAmount, uint256 redeemTokens)",
  ],
  [
    "0x13ed6866d4e1ee6da46f845c46d7e54120883d75c5ea9a2dacc1c4ca8984ab80",
    "event Borrow(address borrower, uint256 borrowAmount, uint256 accountBorrows, uint256 totalBorrows)",
  ],
  [
    "0x1a2a22cb034d26d1854bdc6666a5b91fe25efbbb5dcad3b0355478d6f5c362a1",
    "event RepayBorrow(address payer, address borrower, uint256 repayAmount, uint256 accountBorrows, uint256 totalBorrows)",
  ],
  [
    "0x298637f684da70674f26509b10f07ec2fbc77a335ab1e7d6215a4b2484d8bb52",
    "event LiquidateBorrow(address liquidator, address borrower, uint256 repayAmount, address cTokenCollateral, uint256 seizeTokens)",
  ],
  [
    "0x4dec04e750ca11537cabcd8a9eab06494de08da3735bc8871cd41250e190bc04",
    "event AccrueInterest(uint256 cashPrior, uint256 interestAccumulated, uint256 borrowIndex, uint256 totalBorrows)",
  ],
  [
    "0x875352fb3fadeb8c0be7cbbe8ff761b308fa7033470cd0287f02f3436fd76cb9",
    "event AccrueInterest(uint256 interestAccumulated, uint256 borrowIndex, uint256 totalBorrows)",
  ],
  [
    "0xa91e67c5ea634cd43a12c5a482724b03de01e85ca68702a53d0c2f45cb7c1dc5",
    "event ReservesAdded(address benefactor, uint256 addAmount, uint256 newTotalReserves)",
  ],
  [
    "0x3ab23ab0d51cccc0c3085aec51f99228625aa1a922b3a8ca89a26b0f2027a1a5",
    "event MarketEntered(address cToken, address account)",
  ],
  [
    "0xe699a64c18b07ac5b7301aa273f36a2287239eb9501d81950672794afba29a0d",
    "event MarketExited(address cToken, address account)",
  ],
  [
    "0x70483e6592cd5182d45ac970e05bc62cdcc90e9d8ef2c2dbe686cf383bcd7fc5",
    "event NewCollateralFactor(address cToken, uint256 oldCollateralFactorMantissa, uint256 newCollateralFactorMantissa)",
  ],
  [
    "0x3b9670cf975d26958e754b57098eaa2ac914d8d2a31b83257997b9f346110fd9",
    "event NewCloseFactor(uint256 oldCloseFactorMantissa, uint256 newCloseFactorMantissa)",
  ],
  [
    "0xaeba5a6c40a8ac138134bff1aaa65debf25971188a58804bad717f82f0ec1316",
    "event NewLiquidationIncentive(uint256 oldLiquidationIncentiveMantissa, uint256 newLiquidationIncentiveMantissa)",
  ],
  // Compound v3: Comet's CometMainInterface.
  [
    "0xd1cf3d156d5f8f0d50f6c122ed609cec09d35c9b9fb3fff6ea0959134dae424e",
    "event Supply(address indexed from, address indexed dst, uint256 amount)",
  ],
  [
    "0x9b1bfa7fa9ee420a16e124f794c35ac9f90472acc99140eb2f6447c714cad8eb",
    "event Withdraw(address indexed src, address indexed to, uint256 amount)",
  ],
  [
    "0xfa56f7b24f17183d81894d3ac2ee654e3c26388d17a28dbd9549b8114304e1f4",
    "event SupplyCollateral(address indexed from, address indexed dst, address indexed asset, uint256 amount)",
  ],
  [
    "0x29db89d45e1a802b4d55e202984fce9faf1d30aedf86503ff1ea0ed9ebb64201",
    "event TransferCollateral(address indexed from, address indexed to, address indexed asset, uint256 amount)",
  ],
  [
    "0xd6d480d5b3068db003533b170d67561494d72e3bf9fa40a266471351ebba9e16",
    "event WithdrawCollateral(address indexed src, address indexed to, address indexed asset, uint256 amount)",
  ],
  [
    "0x1547a878dc89ad3c367b6338b4be6a65a5dd74fb77ae044da1e8747ef1f4f62f",
    "event AbsorbDebt(address indexed absorber, address indexed borrower, uint256 basePaidOut, uint256 usdValue)",
  ],
  [
    "0x9850ab1af75177e4a9201c65a2cf7976d5d28e40ef63494b44366f86b2f9412e",
    "event AbsorbCollateral(address indexed absorber, address indexed borrower, address indexed asset, uint256 collateralAbsorbed, uint256 usdValue)",
  ],
  [
    "0xf891b2a411b0e66a5f0a6ff1368670fefa287a13f541eb633a386a1a9cc7046b",
    "event BuyCollateral(address indexed buyer, address indexed asset, uint256 baseAmount, uint256 collateralAmount)",
  ],
  [
    "0x3be39979091ae7ca962aa1c44e645f2df3c221b79f324afa5f44aedc8d2f690d",
    "event PauseAction(bool supplyPaused, bool transferPaused, bool withdrawPaused, bool absorbPaused, bool buyPaused)",
  ],
  [
    "0xec4431f2ba1a9382f6b0c4352b888cba6f7db91667d9f776abe5ad8ddc5401b6",
    "event WithdrawReserves(address indexed to, uint256 amount)",
  ],
  // Maker: dss cat, flip, flop, flap (1.2), dog, clip (2.0), spot; the median and OSM of the oracles.
  [
    "0xa716da86bc1fb6d43d1493373f34d7a418b619681cd7b90f7ea667ba1489be28",
    "event Bite(bytes32 indexed ilk, address indexed urn, uint256 ink, uint256 art, uint256 tab, address flip, uint256 id)",
  ],
  [
    "0xc84ce3a1172f0dec3173f04caaa6005151a4bfe40d4c9f3ea28dba5f719b2a7a",
    "event Kick(uint256 id, uint256 lot, uint256 bid, uint256 tab, address indexed usr, address indexed gal)",
  ],
  [
    "0x7e8881001566f9f89aedb9c5dc3d856a2b81e5235a8196413ed484be91cc0df6",
    "event Kick(uint256 id, uint256 lot, uint256 bid, address indexed gal)",
  ],
  [
    "0xe6dde59cbc017becba89714a037778d234a84ce7f0a137487142a007e580d609",
    "event Kick(uint256 id, uint256 lot, uint256 bid)",
  ],
  [
    "0x85258d09e1e4ef299ff3fc11e74af99563f022d21f3f940db982229dc2a3358c",
    "event Bark(bytes32 indexed ilk, address indexed urn, uint256 ink, uint256 art, uint256 due, address clip, uint256 indexed id)",
  ],
  [
    "0x54f095dc7308776bf01e8580e4dd40fd959ea4bf50b069975768320ef8d77d8a",
    "event Digs(bytes32 indexed ilk, uint256 rad)",
  ],
  [
    "0x7c5bfdc0a5e8192f6cd4972f382cec69116862fb62e6abff8003874c58e064b8",
    "event Kick(uint256 indexed id, uint256 top, uint256 tab, uint256 lot, address indexed usr, address indexed kpr, uint256 coin)",
  ],
  [
    "0x05e309fd6ce72f2ab888a20056bb4210df08daed86f21f95053deb19964d86b1",
    "event Take(uint256 indexed id, uint256 max, uint256 price, uint256 owe, uint256 tab, uint256 lot, address indexed usr)",
  ],
  [
    "0x275de7ecdd375b5e8049319f8b350686131c219dd4dc450a08e9cf83b03c865f",
    "event Redo(uint256 indexed id, uint256 top, uint256 tab, uint256 lot, address indexed usr, address indexed kpr, uint256 coin)",
  ],
  ["0x2c5d2826eb5903b8fc201cf48094b858f42f61c7eaac9aaf43ebed490138144e", "event Yank(uint256 id)"],
  [
    "0xdfd7467e425a8107cfd368d159957692c25085aacbcf5228ce08f10f2146486e",
    "event Poke(bytes32 ilk, bytes32 val, uint256 spot)",
  ],
  [
    "0xb78ebc573f1f889ca9e1e0fb62c843c836f3d3a2e1f43ef62940e9b894f4ea4c",
    "event LogMedianPrice(uint256 val, uint256 age)",
  ],
  [
    "0x296ba4ca62c6c21c95e828080cb8aec7481b71390585605300a8a76f9e95b527",
    "event LogValue(bytes32 val)",
  ],
  // crvUSD and LlamaLend: Controller.vy, AMM.vy (LLAMMA).
  [
    "0xeec6b7095a637e006c79c1819d696e353a8f703db2c49fc0219e17a8fd04f7f2",
    "event UserState(address indexed user, uint256 collateral, uint256 debt, int256 n1, int256 n2, uint256 liquidation_discount)",
  ],
  [
    "0xe1979fe4c35e0cef342fef5668e2c8e7a7e9f5d5d1ca8fee0ac6c427fa4153af",
    "event Borrow(address indexed user, uint256 collateral_increase, uint256 loan_increase)",
  ],
  [
    "0x77c6871227e5d2dec8dadd5354f78453203e22e669cd0ec4c19d9a8c5edb31d0",
    "event Repay(address indexed user, uint256 collateral_decrease, uint256 loan_decrease)",
  ],
  [
    "0xe25410a4059619c9594dc6f022fe231b02aaea733f689e7ab0cd21b3d4d0eb54",
    "event RemoveCollateral(address indexed user, uint256 collateral_decrease)",
  ],
  [
    "0x642dd4d37ddd32036b9797cec464c0045dd2118c549066ae6b0f88e32240c2d0",
    "event Liquidate(address indexed liquidator, address indexed user, uint256 collateral_received, uint256 stablecoin_received, uint256 debt)",
  ],
  [
    "0x51fabb88f7860c9dbcc2a5a9b69a8b9476d63b87124591f97254e29f0e8daaeb",
    "event SetMonetaryPolicy(address monetary_policy)",
  ],
  [
    "0xe2750bf9a7458977fcc01c1a0b615d12162f63b18cad78441bd64c590b337eca",
    "event SetBorrowingDiscounts(uint256 loan_discount, uint256 liquidation_discount)",
  ],
  [
    "0x5393ab6ef9bb40d91d1b04bbbeb707fbf3d1eb73f46744e2d179e4996026283f",
    "event CollectFees(uint256 amount, uint256 new_supply)",
  ],
  [
    "0xb2e76ae99761dc136e598d4a629bb347eccb9532a5f8bbd72e18467c3c34cc98",
    "event TokenExchange(address indexed buyer, uint256 sold_id, uint256 tokens_sold, uint256 bought_id, uint256 tokens_bought)",
  ],
  [
    "0x7e4f5fadb3361b33669433b392d1a203b7a236710eb272650052592e6ce62f09",
    "event Deposit(address indexed provider, uint256 amount, int256 n1, int256 n2)",
  ],
  [
    "0xf279e6a1f5e320cca91135676d9cb6e44ca8a08c0b88342bcdb1144f6511b568",
    "event Withdraw(address indexed provider, uint256 amount_borrowed, uint256 amount_collateral)",
  ],
  [
    "0x52543716810f73c3fa9bca74622aecb6d3614ca4991472f3e999d531c2f6afb8",
    "event SetRate(uint256 rate, uint256 rate_mul, uint256 time)",
  ],
  [
    "0x00172ddfc5ae88d08b3de01a5a187667c37a5a53989e8c175055cb6c993792a7",
    "event SetFee(uint256 fee)",
  ],
  [
    "0x2f0d0ace1d699b471d7b39522b5c8aae053bce1b422b7a4fe8f09bd6562a4b74",
    "event SetAdminFee(uint256 fee)",
  ],
  // Curve StableSwap pools.
  [
    "0x8b3e96f2b889fa771c53c981b40daf005f63f637f1869f707052d15a3dd97140",
    "event TokenExchange(address indexed buyer, int128 sold_id, uint256 tokens_sold, int128 bought_id, uint256 tokens_bought)",
  ],
  // Uniswap v2: core factory and pair.
  [
    "0x0d3648bd0f6ba80134a33ba9275ac585d9d315f0ad8355cddefde31afa28d0e9",
    "event PairCreated(address indexed token0, address indexed token1, address pair, uint256 pairs)",
  ],
  [
    "0x4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f",
    "event Mint(address indexed sender, uint256 amount0, uint256 amount1)",
  ],
  [
    "0xdccd412f0b1252819cb1fd330b93224ca42612892bb3f4f789976e6d81936496",
    "event Burn(address indexed sender, uint256 amount0, uint256 amount1, address indexed to)",
  ],
  [
    "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822",
    "event Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to)",
  ],
  [
    "0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1",
    "event Sync(uint112 reserve0, uint112 reserve1)",
  ],
  // Uniswap v3: core factory and pool, periphery position manager.
  [
    "0x783cca1c0412dd0d695e784568c96da2e9c22ff989357a2e8b1d9b2b4e6b7118",
    "event PoolCreated(address indexed token0, address indexed token1, uint24 indexed fee, int24 tickSpacing, address pool)",
  ],
  [
    "0x98636036cb66a9c19a37435efc1e90142190214e8abeb821bdba3f2990dd4c95",
    "event Initialize(uint160 sqrtPriceX96, int24 tick)",
  ],
  [
    "0x7a53080ba414158be7ec69b987b5fb7d07dee101fe85488f0853ae16239d0bde",
    "event Mint(address sender, address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1)",
  ],
  [
    "0x0c396cd989a39f4459b5fa1aed6a9a8dcdbc45908acfd67e028cd568da98982c",
    "event Burn(address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1)",
  ],
  [
    "0x70935338e69775456a85ddef226c395fb668b63fa0115f5f20610b388e6ca9c0",
    "event Collect(address indexed owner, address recipient, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount0, uint128 amount1)",
  ],
  [
    "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67",
    "event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)",
  ],
  [
    "0xbdbdb71d7860376ba52b25a5028beea23581364a40522f6bcfb86bb1f2dca633",
    "event Flash(address indexed sender, address indexed recipient, uint256 amount0, uint256 amount1, uint256 paid0, uint256 paid1)",
  ],
  [
    "0x596b573906218d3411850b26a6b437d6c4522fdb43d2d2386263f86d50b8b151",
    "event CollectProtocol(address indexed sender, address indexed recipient, uint128 amount0, uint128 amount1)",
  ],
  [
    "0x973d8d92bb299f4af6ce49b52a8adb85ae46b9f214c4c4fc06ac77401237b133",
    "event SetFeeProtocol(uint8 feeProtocol0Old, uint8 feeProtocol1Old, uint8 feeProtocol0New, uint8 feeProtocol1New)",
  ],
  [
    "0xac49e518f90a358f652e4400164f05a5d8f7e35e7747279bc3a93dbf584e125a",
    "event IncreaseObservationCardinalityNext(uint16 observationCardinalityNextOld, uint16 observationCardinalityNextNew)",
  ],
  [
    "0x3067048beee31b25b2f1681f88dac838c8bba36af25bfb2b7cf7473a5847e35f",
    "event IncreaseLiquidity(uint256 indexed tokenId, uint128 liquidity, uint256 amount0, uint256 amount1)",
  ],
  [
    "0x26f6a048ee9138f2c0ce266f322cb99228e8d619ae2bff30c67f8dcf9d2377b4",
    "event DecreaseLiquidity(uint256 indexed tokenId, uint128 liquidity, uint256 amount0, uint256 amount1)",
  ],
  [
    "0x40d0efd1a53d60ecbf40971b9daf7dc90178c3aadc7aab1765632738fa8b8f01",
    "event Collect(uint256 indexed tokenId, address recipient, uint256 amount0, uint256 amount1)",
  ],
  // Chainlink: AggregatorInterface, OffchainAggregator (OCR1), OCR2Aggregator.
  [
    "0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f",
    "event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt)",
  ],
  [
    "0x0109fc6f55cf40689f02fbaad7af7fe7bbac8a3d2186600afc7d3e10cac60271",
    "event NewRound(uint256 indexed roundId, address indexed startedBy, uint256 startedAt)",
  ],
  [
    "0xf6a97944f31ea060dfde0566e4167c1a1082551e64b60ecb14d599a9d023d451",
    "event NewTransmission(uint32 indexed aggregatorRoundId, int192 answer, address transmitter, int192[] observations, bytes observers, bytes32 rawReportContext)",
  ],
  [
    "0xc797025feeeaf2cd924c99e9205acb8ec04d5cad21c41ce637a38fb6dee6016a",
    "event NewTransmission(uint32 indexed aggregatorRoundId, int192 answer, address transmitter, uint32 observationsTimestamp, int192[] observations, bytes observers, int192 juelsPerFeeCoin, bytes32 configDigest, uint40 epochAndRound)",
  ],
];
