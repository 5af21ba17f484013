// One day of @stoqey/ib, a client in JavaScript; prints what it was told, as JSON.
//
//     npm install --prefix tests/conformance/days
//     node tests/conformance/days/stoqey.cjs PORT PLAN
//
// PLAN is what plan.py has, as JSON. Every event goes into a diary, in the order in which they come.

const { IBApi, EventName, ScanCode } = require("@stoqey/ib");

const port = Number(process.argv[2]);
const plan = JSON.parse(process.argv[3]);

const PATIENCE = 8000;
const ENDS = ["Filled", "Cancelled", "ApiCancelled", "Inactive"];

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const number = (value) => String(Number(value));
const known = (value) =>
  value === undefined || Math.abs(value) > 1e300 ? null : value;

class Desk {
  constructor() {
    this.pages = [];
    this.lastReqId = 1000;
    this.ib = new IBApi({ host: "127.0.0.1", port, clientId: plan.CLIENT_ID });
    this.ib.on(EventName.error, (error, code, reqId) => {
      this.pages.push(["error", [reqId, code, error.message]]);
    });
    this.ib.on(EventName.info, (words, code) => {
      this.pages.push(["error", [-1, code, words]]);
    });
    this.ib.on(EventName.result, (event, values) => this.pages.push([event, values]));
  }

  async open() {
    this.ib.connect();
    await this.until(() => this.told("nextValidId").length && this.told("managedAccounts").length);
    [this.nextOrderId] = this.told("nextValidId")[0];
    [this.accounts] = this.told("managedAccounts")[0];
  }

  async close() {
    this.ib.disconnect();
    await this.until(() => !this.ib.isConnected);
  }

  async until(enough, what) {
    const end = Date.now() + PATIENCE;
    while (!enough()) {
      if (Date.now() > end) throw new Error(`${what ?? enough}: ${JSON.stringify(this.pages.slice(-5))}`);
      await sleep(1);
    }
  }

  told(name, first, since = 0) {
    return this.pages
      .slice(since)
      .filter(([event, values]) => event === name && (first === undefined || values[0] === first))
      .map(([, values]) => values);
  }

  errors() {
    return this.told("error");
  }

  async ask(end, send) {
    const reqId = ++this.lastReqId;
    send(reqId);
    await this.until(() => this.told(end, reqId).length, end);
    return reqId;
  }

  async askNameless(end, send) {
    const since = this.pages.length;
    send();
    await this.until(() => this.told(end, undefined, since).length, end);
    return since;
  }

  comeToRest() {
    return this.askNameless("currentTime", () => this.ib.reqCurrentTime());
  }
}

// The state of things ............................................................................

async function synchronize(desk) {
  const { ib } = desk;
  const found = {};
  ib.reqAutoOpenOrders(true);
  let at = await desk.askNameless("openOrderEnd", () => ib.reqOpenOrders());
  const kinds = {};
  for (const [, held, one] of desk.told("openOrder", undefined, at)) {
    kinds[one.permId] = [held.conId, one.action, one.orderType, number(one.totalQuantity)];
  }
  found.orders = {};
  for (const [id, status, filled, left, , permId] of desk.told("orderStatus", undefined, at)) {
    found.orders[permId] = [id, status, number(filled), number(left), ...kinds[permId]];
  }
  at = await desk.askNameless("completedOrdersEnd", () => ib.reqCompletedOrders(false));
  found.completed = {};
  for (const [, one, state] of desk.told("completedOrder", undefined, at)) {
    found.completed[one.permId] = state.status;
  }
  at = await desk.askNameless("positionEnd", () => ib.reqPositions());
  found.positions = {};
  for (const [, held, size, cost] of desk.told("position", undefined, at)) {
    found.positions[held.conId] = [number(size), cost];
  }
  ib.cancelPositions();
  at = await desk.askNameless("accountDownloadEnd", () => ib.reqAccountUpdates(true, ""));
  found.account = {};
  for (const [key, value, currency] of desk.told("updateAccountValue", undefined, at)) {
    found.account[`${key} ${currency}`] = value;
  }
  found.portfolio = {};
  for (const values of desk.told("updatePortfolio", undefined, at)) {
    const [held, size, , , cost, , realized] = values;
    found.portfolio[held.conId] = [number(size), cost, realized];
  }
  ib.reqAccountUpdates(false, "");
  const reqId = await desk.ask("execDetailsEnd", (id) => ib.reqExecutions(id, {}));
  found.executions = executions(desk, reqId);
  found.costs = costs(desk);
  return found;
}

function executions(desk, reqId) {
  const found = {};
  for (const [, held, one] of desk.told("execDetails", reqId)) {
    found[one.execId] = [
      held.conId,
      one.side,
      number(one.shares),
      one.price,
      one.orderId,
      one.permId,
      number(one.cumQty),
      one.avgPrice,
      one.acctNumber,
    ];
  }
  return found;
}

function costs(desk) {
  const found = {};
  for (const [one] of desk.told("commissionReport")) {
    found[one.execId] = [one.commission, one.currency, known(one.realizedPNL)];
  }
  return found;
}

// The market .....................................................................................

const stock = plan.STOCK;

async function lookUp(desk) {
  const { ib } = desk;
  const found = {};
  let reqId = await desk.ask("contractDetailsEnd", (id) => ib.reqContractDetails(id, stock));
  const [[, details]] = desk.told("contractDetails", reqId);
  found.details = [details.contract.conId, details.longName, details.minTick];

  const [end, duration, size, show] = plan.BARS;
  reqId = ++desk.lastReqId;
  ib.reqHistoricalData(reqId, stock, end, duration, size, show, 0, 2, false);
  await desk.until(() => finished(desk, reqId), "bars");
  found.bars = bars(desk, reqId);

  const [instrument, locationCode, code] = plan.SCAN;
  reqId = await desk.ask("scannerDataEnd", (id) =>
    ib.reqScannerSubscription(
      id,
      { instrument, locationCode, scanCode: ScanCode[code], numberOfRows: 50 },
      [],
      [],
    ),
  );
  ib.cancelScannerSubscription(reqId);
  found.scan = desk.told("scannerData", reqId).map(([, rank, one]) => [rank, one.contract.conId]);

  reqId = await desk.ask("securityDefinitionOptionParameterEnd", (id) =>
    ib.reqSecDefOptParams(id, "AAPL", "", "STK", plan.STOCK_ID),
  );
  found.chains = desk
    .told("securityDefinitionOptionParameter", reqId)
    .map(([, exchange, under, name, multiplier, days, strikes]) => [
      exchange,
      Number(under),
      name,
      String(multiplier),
      [...days].sort(),
      [...strikes].sort(),
    ]);

  const at = await desk.askNameless("newsProviders", () => ib.reqNewsProviders());
  const [[providers]] = desk.told("newsProviders", undefined, at);
  found.providers = providers.map((one) => [one.providerCode, one.providerName]);
  const codes = found.providers.map(([code]) => code).join("+");
  reqId = await desk.ask("historicalNewsEnd", (id) =>
    ib.reqHistoricalNews(id, plan.STOCK_ID, codes, plan.NEWS_SINCE, plan.NEWS_UNTIL, 10),
  );
  found.news = desk.told("historicalNews", reqId).map(([, ...headline]) => headline);
  const [, provider, articleId] = found.news[0];
  reqId = await desk.ask("newsArticle", (id) => ib.reqNewsArticle(id, provider, articleId));
  found.article = desk.told("newsArticle", reqId)[0].slice(1);
  return found;
}

function finished(desk, reqId) {
  return desk.told("historicalData", reqId).some(([, date]) => date.startsWith("finished"));
}

function bars(desk, reqId) {
  return desk
    .told("historicalData", reqId)
    .filter(([, date]) => !date.startsWith("finished"))
    .map(bar);
}

function bar([, date, open, high, low, close, volume, count]) {
  return [Number(date), open, high, low, close, number(volume), count];
}

async function watch(desk) {
  const { ib } = desk;
  const found = {};
  const [line, depth, real, growing, trades, quotes] = Array.from({ length: 6 }, () => ++desk.lastReqId);
  const [duration, size, show] = plan.GROWING;
  ib.reqMktData(line, stock, "", false, false);
  ib.reqMktDepth(depth, { ...stock, exchange: plan.LISTED_AT }, plan.ROWS, false);
  ib.reqRealTimeBars(real, stock, 5, "TRADES", false);
  ib.reqHistoricalData(growing, stock, "", duration, size, show, 0, 2, true);
  ib.reqTickByTickData(trades, stock, "AllLast", 0, false);
  ib.reqTickByTickData(quotes, plan.OTHER, "BidAsk", 0, false);
  await sleep(plan.WATCH * 1000);
  await desk.comeToRest();
  ib.cancelMktData(line);
  ib.cancelMktDepth(depth, false);
  ib.cancelRealTimeBars(real);
  ib.cancelHistoricalData(growing);
  ib.cancelTickByTickData(trades);
  ib.cancelTickByTickData(quotes);
  await desk.comeToRest();

  const prices = { 1: "bid", 2: "ask", 4: "last", 6: "high", 7: "low", 9: "close", 14: "open" };
  const sizes = { 0: "bid_size", 3: "ask_size", 5: "last_size", 8: "volume" };
  found.line = {};
  for (const [, kind, price] of desk.told("tickPrice", line)) found.line[prices[kind]] = price;
  for (const [, kind, many] of desk.told("tickSize", line)) found.line[sizes[kind]] = number(many);
  const sides = { 0: [], 1: [] };
  for (const [, at, operation, side, price, many] of desk.told("updateMktDepth", depth)) {
    const level = operation === 2 ? [] : [[price, number(many)]];
    sides[side].splice(at, operation === 0 ? 0 : 1, ...level);
  }
  found.depth = { ask: sides[0], bid: sides[1] };
  found.real_time_bars = desk
    .told("realtimeBar", real)
    .map(([, start, open, high, low, close, volume, , count]) =>
      [Number(start), open, high, low, close, number(volume), count],
    );
  const updates = desk.told("historicalDataUpdate", growing).map(bar);
  const newest = new Map();
  for (const one of [...bars(desk, growing), ...updates]) newest.set(one[0], one);
  found.growing = [...newest.values()];
  found.updates = updates.length;
  found.trades = desk
    .told("tickByTickAllLast", trades)
    .map(([, , second, price, many]) => [Number(second), price, number(many)]);
  found.quotes = desk
    .told("tickByTickBidAsk", quotes)
    .map(([, second, bid, ask, bids, asks]) => [Number(second), bid, ask, number(bids), number(asks)]);
  return found;
}

// Trading ........................................................................................

async function trade(desk) {
  const { ib } = desk;
  let last = desk.nextOrderId - 1;
  const place = (id, order) => ib.placeOrder(id, stock, { transmit: true, ...order });
  const stands = (id, ...statuses) =>
    desk.until(() => statuses.includes(desk.told("orderStatus", id).at(-1)?.[1]), [id, statuses]);
  const terms = (id) => {
    const [, , told] = desk.told("openOrder", id).at(-1);
    return [number(told.totalQuantity), told.lmtPrice];
  };

  const bought = ++last;
  place(bought, { action: "BUY", orderType: "MKT", totalQuantity: 200 });
  await stands(bought, "Filled");

  const changed = ++last;
  const limit = { action: "BUY", orderType: "LMT" };
  place(changed, { ...limit, totalQuantity: 100, lmtPrice: plan.LOW });
  await stands(changed, "Submitted");
  place(changed, { ...limit, totalQuantity: 150, lmtPrice: plan.LOW + 1 });
  await desk.until(() => terms(changed)[0] === "150", "the change");
  const changedTo = terms(changed);
  ib.cancelOrder(changed);
  await stands(changed, "Cancelled");

  const rests = ++last;
  place(rests, { ...limit, totalQuantity: 70, lmtPrice: plan.LOW, tif: "GTC" });
  await stands(rests, "Submitted");

  const [parent, target, stop] = [++last, ++last, ++last];
  const child = { action: "SELL", totalQuantity: 100, parentId: parent };
  place(parent, { ...limit, totalQuantity: 100, lmtPrice: plan.HIGH, transmit: false });
  place(target, { ...child, orderType: "LMT", lmtPrice: plan.HIGH, transmit: false });
  place(stop, { ...child, orderType: "STP", auxPrice: plan.LOW });
  await stands(parent, "Filled");
  await stands(target, "Submitted");
  await stands(stop, "PreSubmitted");

  const sold = ++last;
  place(sold, { action: "SELL", orderType: "MKT", totalQuantity: 50 });
  await stands(sold, "Filled");

  const asked = ++last;
  place(asked, { ...limit, totalQuantity: 300, lmtPrice: 250, whatIf: true });
  await desk.until(() => desk.told("openOrder", asked).length, "what if");
  const [[, , , state]] = desk.told("openOrder", asked);

  const deals = () => executions(desk, -1);
  await desk.until(() => Object.keys(deals()).every((id) => id in costs(desk)), "what it cost");
  await desk.comeToRest();
  const statuses = {};
  for (const id of [bought, changed, rests, parent, target, stop, sold]) {
    statuses[id] = desk.told("orderStatus", id).map(([, status]) => status);
  }
  const stood = {};
  for (const [id, status, filled, left, average, permId] of desk.told("orderStatus")) {
    stood[id] = [status, number(filled), number(left), average, permId];
  }
  return {
    changed_to: changedTo,
    what_if: [Number(state.initMarginAfter), state.commission],
    statuses,
    stood,
    deals: deals(),
    costs: costs(desk),
  };
}

async function account(desk) {
  const { ib } = desk;
  const name = desk.accounts;
  const found = { summary: {} };
  const tags = plan.SUMMARY.join(",");
  let reqId = await desk.ask("accountSummaryEnd", (id) => ib.reqAccountSummary(id, "All", tags));
  ib.cancelAccountSummary(reqId);
  for (const [, , tag, value] of desk.told("accountSummary", reqId)) found.summary[tag] = value;
  const all = await desk.ask("pnl", (id) => ib.reqPnL(id, name, ""));
  const one = await desk.ask("pnlSingle", (id) => ib.reqPnLSingle(id, name, "", plan.STOCK_ID));
  // What comes first is empty.
  await desk.until(() => desk.told("pnl", all).length > 1 && desk.told("pnlSingle", one).length > 1);
  ib.cancelPnL(all);
  ib.cancelPnLSingle(one);
  found.pnl = desk.told("pnl", all).at(-1).slice(1).map(known);
  const [, size, ...values] = desk.told("pnlSingle", one).at(-1);
  found.pnl_single = [number(size), ...values.map(known)];
  return found;
}

async function tidyUp(desk) {
  const newest = () => {
    const found = {};
    for (const [id, status] of desk.told("orderStatus")) found[id] = status;
    return found;
  };
  const first = Math.min(...Object.keys(newest()).map(Number).filter((id) => id > 0));
  desk.ib.cancelOrder(first);
  await desk.until(() => newest()[first] === "Cancelled", "cancelled");
  desk.ib.reqGlobalCancel();
  await desk.until(() => Object.values(newest()).every((status) => ENDS.includes(status)), "all");
  return newest();
}

async function main() {
  const said = {};
  try {
    let desk = new Desk();
    await desk.open();
    said.accounts = desk.accounts;
    said.server_version = desk.ib.serverVersion;
    said.first = await synchronize(desk);
    Object.assign(said, await lookUp(desk), await watch(desk), await trade(desk), await account(desk));
    await desk.close();
    said.errors = desk.errors();
    desk = new Desk();
    await desk.open();
    said.next_order_id = desk.nextOrderId;
    said.second = await synchronize(desk);
    said.tidied = await tidyUp(desk);
    await desk.close();
    said.later_errors = desk.errors();
  } catch (error) {
    said.failure = String(error.stack);
  }
  process.stdout.write(JSON.stringify(said), () => process.exit(0));
}

main();
