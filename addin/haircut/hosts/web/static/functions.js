/* The worksheet functions in Excel: many cells' calls go to the Haircut server in few requests. */
/* global CustomFunctions, Excel */
"use strict";
(() => {
  const FUNCTIONS = {{functions}};
  const MOST_CALLS = {{most_calls}};
  const MOST_CELLS = {{most_cells}};
  const PATIENCE = {{patience}}; // milliseconds for one request
  const GATHERING = 10; // milliseconds in which calls join one request

  let waiting = [];
  let timer = null;

  /** What one cell asks for, until it is answered or cancelled. */
  function ask(name, rows, addresses, invocation) {
    return new Promise((resolve, reject) => {
      const cells = rows.reduce((sum, arg) => sum + (arg ? arg.length * arg[0].length : 0), 0);
      const call = { name, rows, addresses, cells, resolve, reject, done: false, batch: null };
      invocation.onCanceled = () => drop(call, "cancelled");
      waiting.push(call);
      if (waiting.length >= MOST_CALLS) flush();
      else if (timer === null) timer = setTimeout(flush, GATHERING);
    });
  }

  /** End a call that needs no answer any more; a request that nobody waits for is broken off. */
  function drop(call, why) {
    call.done = true;
    call.reject(failure("#N/A", why));
    if (call.batch && call.batch.calls.every((other) => other.done)) call.batch.abort.abort();
  }

  /** Send what waits, in requests that the server accepts. */
  function flush() {
    clearTimeout(timer);
    timer = null;
    const calls = waiting.filter((call) => !call.done);
    waiting = [];
    let batch = [];
    let cells = 0;
    for (const call of calls) {
      if (batch.length && (batch.length === MOST_CALLS || cells + call.cells > MOST_CELLS)) {
        send(batch);
        batch = [];
        cells = 0;
      }
      batch.push(call);
      cells += call.cells;
    }
    if (batch.length) send(batch);
  }

  async function send(calls) {
    calls = await withBlanks(calls);
    if (!calls.length) return;
    const batch = { calls, abort: new AbortController() };
    calls.forEach((call) => { call.batch = batch; });
    try {
      const answers = await post(batch);
      calls.forEach((call, i) => settle(call, answers[i]));
    } catch (error) {
      calls.forEach((call) => call.reject(failure("#N/A", error.message)));
    }
  }

  async function post({ calls, abort }) {
    const late = setTimeout(() => abort.abort(), PATIENCE);
    let response, held;
    try {
      response = await fetch("calls", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ calls: calls.map(({ name, rows }) => ({ name, args: rows })) }),
        cache: "no-store",
        signal: abort.signal,
      });
      held = await response.json();
    } catch (error) {
      throw new Error("the Haircut server does not answer; start it with: haircut web serve");
    } finally {
      clearTimeout(late);
    }
    if (!response.ok) throw new Error(held.error);
    return held.answers;
  }

  function settle(call, answer) {
    if (answer.error) call.reject(failure(answer.error, answer.why));
    else call.resolve(answer.value.map((row) => row.map(shown)));
  }

  function shown(cell) {
    return cell !== null && typeof cell === "object" ? failure(cell.error) : cell;
  }

  /** An error value for the cell; Excel lets a function give five of them, two with a message. */
  function failure(error, why) {
    const codes = CustomFunctions.ErrorCode;
    const code = {
      "#DIV/0!": codes.divisionByZero,
      "#NUM!": codes.invalidNumber,
      "#N/A": codes.notAvailable,
      "#NULL!": codes.nullReference,
      "#VALUE!": codes.invalidValue,
    }[error];
    return code
      ? new CustomFunctions.Error(code, why)
      : new CustomFunctions.Error(codes.invalidValue, `${error}: ${why}`);
  }

  /** A cell as JSON can hold it. */
  function plain(cell) {
    if (cell === undefined || cell === null) return null;
    if (typeof cell === "number" && !Number.isFinite(cell)) return { error: "#NUM!" };
    if (typeof cell !== "object") return cell;
    if (cell instanceof CustomFunctions.Error) return { error: cell.code };
    if (cell.basicType === "Error" || cell.type === "Error") return { error: cell.basicValue };
    if (cell.basicType === "Empty" || cell.type === "Empty") return null;
    return cell.basicValue === undefined ? { error: "#VALUE!" } : cell.basicValue;
  }

  /** An argument as rows, or null where it was left out: a blank cell has an address, nothing has none. */
  function asRows(arg, address) {
    if (arg === null || arg === undefined) return address ? [[null]] : null;
    const rows = (Array.isArray(arg) ? arg : [[arg]]).map((row) => row.map(plain));
    return rows.length === 1 && rows[0].length === 1 && rows[0][0] === null && !address ? null : rows;
  }

  /**
   * Excel for Windows and Mac gives an empty cell as 0. Where a 0 came from a cell, ask Excel which cells are
   * empty: once for all calls, then one by one if an address among them cannot be read.
   */
  async function withBlanks(calls) {
    const doubtful = calls.flatMap((call) =>
      call.rows.map((rows, i) => ({ call, rows, address: call.addresses[i] }))
        .filter(({ rows, address }) => address && rows && rows.some((row) => row.includes(0))));
    if (!doubtful.length) return calls;
    try {
      await markEmpty(doubtful);
    } catch (together) {
      for (const one of doubtful) {
        try {
          await markEmpty([one]);
        } catch (alone) {
          drop(one.call, `${one.address} cannot be read to tell an empty cell from a 0`);
        }
      }
    }
    return calls.filter((call) => !call.done);
  }

  function markEmpty(doubtful) {
    return Excel.run(async (context) => {
      const ranges = doubtful.map(({ address }) => {
        const split = address.lastIndexOf("!");
        const sheet = address.slice(0, split).replace(/^'|'$/g, "").replace(/''/g, "'");
        return context.workbook.worksheets.getItem(sheet).getRange(address.slice(split + 1)).load("valueTypes");
      });
      await context.sync();
      doubtful.forEach(({ rows }, i) => rows.forEach((row, r) => row.forEach((cell, c) => {
        if (cell === 0 && ranges[i].valueTypes[r][c] === "Empty") row[c] = null;
      })));
    });
  }

  for (const [name, { named, repeating }] of Object.entries(FUNCTIONS)) {
    CustomFunctions.associate(name, (...given) => {
      const invocation = given[given.length - 1];
      const args = given.slice(0, named);
      while (args.length < named) args.push(null);
      if (repeating) args.push(...(given.length > named + 1 && given[named] || []));
      const addresses = invocation.parameterAddresses || [];
      const rows = args.map((arg, i) => asRows(arg, addresses[i]));
      while (rows.length && rows[rows.length - 1] === null) rows.pop();
      return ask(name, rows, addresses, invocation);
    });
  }
})();
