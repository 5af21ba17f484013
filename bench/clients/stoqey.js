// @stoqey/ib under Node.js, as its users write: listeners on an IBApi.
//
// The command line and the line of JSON are those of measure.py.
"use strict";

const { IBApi, EventName, BarSizeSetting, TickByTickDataType, WhatToShow } = require("@stoqey/ib");

const HEARTBEAT_MS = 1;
const LAST_PRICE = 1.0;
const LINES = 100;

const seconds = () => Number(process.hrtime.bigint()) / 1e9;
const stamp = () => (seconds() % 100000) + 100000; // as the server's trades in "paced" have it

const stock = (conId) => ({
  conId, symbol: "AAPL", secType: "STK", exchange: "SMART", currency: "USD",
});

class Meter {
  constructor() {
    this.cpu = process.cpuUsage();
    this.wall = seconds();
  }

  each(count) {
    const { user, system } = process.cpuUsage(this.cpu);
    return {
      cpu_us: (user + system) / count,
      wall_us: ((seconds() - this.wall) / count) * 1e6,
    };
  }
}

function spread(times) {
  const ordered = [...times].sort((one, other) => one - other);
  const at = (share) => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))];
  return { p50_us: at(0.5) * 1e6, p99_us: at(0.99) * 1e6, max_us: at(1) * 1e6 };
}

function opened(port) {
  return new Promise((resolve, reject) => {
    const ib = new IBApi({ host: "127.0.0.1", port, maxReqPerSec: 1e6 });
    ib.on(EventName.error, (error) => reject(error));
    ib.once(EventName.nextValidId, () => resolve(ib));
    ib.connect(7);
  });
}

// Runs both passes on one connection; `start(ib, pass, count, done)` asks and listens.
async function passes(task, start) {
  const ib = await opened(task.port);
  let found = {};
  for (const [pass, count] of [task.warm, task.count].entries()) {
    found = await new Promise((resolve) => start(ib, pass, count, resolve));
    for (const name of Object.values(EventName)) {
      if (name !== EventName.error) ib.removeAllListeners(name);
    }
  }
  ib.disconnect();
  return found;
}

function lines(number) {
  return (ib, pass, count, done) => {
    const meter = new Meter();
    let left = number;
    ib.on(EventName.tickPrice, (_, __, price) => {
      if (price === LAST_PRICE && --left === 0) done(meter.each(count));
    });
    ib.on(EventName.tickSize, () => {});
    for (let at = 1; at <= number; at++) {
      ib.reqMktData(pass * number + at, stock(at), "", false, false);
    }
  };
}

// Asks for trades; `handle(time of arrival is now, price)` sees all but the last.
function askTrades(ib, pass, handle, over) {
  ib.on(EventName.tickByTickAllLast, (_, __, ___, price) => {
    if (price === LAST_PRICE) over();
    else handle(price);
  });
  ib.reqTickByTickData(pass + 1, stock(1), TickByTickDataType.ALL_LAST, 0, false);
}

const WORK = {
  "ticks": (task) => passes(task, lines(1)),
  "fan-out": (task) => passes(task, lines(LINES)),

  "trades": (task) => passes(task, (ib, pass, count, done) => {
    const meter = new Meter();
    let seen = 1;
    askTrades(ib, pass, () => { seen++; }, () => {
      if (seen !== count) throw new Error(`${seen} of ${count} trades came`);
      done(meter.each(count));
    });
  }),

  "history": (task) => passes(task, (ib, pass, count, done) => {
    const meter = new Meter();
    const bars = [];
    ib.on(EventName.historicalData, (_, time, ...values) => {
      if (!String(time).startsWith("finished")) bars.push([new Date(time * 1000), ...values]);
      else if (bars.length !== count) throw new Error(`${bars.length} of ${count} bars came`);
      else done({ ...meter.each(count), peak_mib: process.resourceUsage().maxRSS / 1024 });
    });
    ib.reqHistoricalData(
      pass + 1, stock(1), "", "1 D", BarSizeSetting.SECONDS_FIVE, WhatToShow.TRADES, 1, 2, false,
    );
  }),

  // Keeps the last of each report, by order: the least that a program has to do.
  "orders": (task) => passes(task, (ib, pass, count, done) => {
    const meter = new Meter();
    const [orders, statuses, executions] = [new Map(), new Map(), new Map()];
    let seen = 0;
    ib.on(EventName.openOrder, (id, contract, order) => { orders.set(id, order); seen++; });
    ib.on(EventName.orderStatus, (id, status) => { statuses.set(id, status); seen++; });
    ib.on(EventName.execDetails, (_, __, execution) => {
      executions.set(execution.orderId, execution);
      seen++;
    });
    ib.on(EventName.openOrderEnd, () => {
      if (seen !== count) throw new Error(`${seen} of ${count} reports came`);
      done(meter.each(count));
    });
    ib.reqAllOpenOrders();
  }),

  "ping": (task) => passes(task, (ib, pass, count, done) => {
    const meter = new Meter();
    const took = [];
    let began = seconds();
    ib.on(EventName.currentTime, () => {
      took.push(seconds() - began);
      if (took.length === count) {
        done({ ...meter.each(count), ...spread(took) });
      } else {
        began = seconds();
        ib.reqCurrentTime();
      }
    });
    ib.reqCurrentTime();
  }),

  "paced": (task) => passes(task, (ib, pass, count, done) => {
    const meter = new Meter();
    const ages = [];
    askTrades(ib, pass, (price) => ages.push(stamp() - price), () => {
      done({ ...meter.each(count), ...spread(ages) });
    });
  }),

  "fairness": (task) => passes(task, (ib, pass, count, done) => {
    const late = [];
    let [hasBegun, isOver] = [false, false];
    const beat = () => {
      const due = seconds() + HEARTBEAT_MS / 1000;
      setTimeout(() => {
        if (hasBegun) late.push(seconds() - due);
        if (isOver) done(spread(late));
        else beat();
      }, HEARTBEAT_MS);
    };
    beat();
    askTrades(ib, pass, () => { hasBegun = true; }, () => { isOver = true; });
  }),

  "connect": async (task) => {
    let found = {};
    for (const count of [task.warm, task.count]) {
      const meter = new Meter();
      for (let at = 0; at < count; at++) (await opened(task.port)).disconnect();
      found = meter.each(count);
    }
    return { wall_ms: found.wall_us / 1e3, cpu_ms: found.cpu_us / 1e3 };
  },
};

const [kind, ...numbers] = process.argv.slice(2);
const [port, warm, count] = numbers.map(Number);
WORK[kind]({ port, warm, count }).then(
  (found) => { console.log(JSON.stringify(found)); process.exit(0); },
  (error) => { console.error(error); process.exit(1); },
);
