// The task pane in Chromium: does what the task on standard input says, and gives what the pane then shows.
"use strict";
const fs = require("node:fs");
const { chromium } = require("playwright-core");

async function main() {
  const task = JSON.parse(fs.readFileSync(0, "utf8"));
  const browser = await chromium.launchPersistentContext(task.profile, {
    executablePath: task.chromium,
    ignoreHTTPSErrors: true,
    viewport: { width: 340, height: 720 },
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const page = await browser.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  const stub = fs.readFileSync(`${__dirname}/office_stub.js`, "utf8");
  await page.route("https://appsforoffice.microsoft.com/**", (route) => route.fulfill({ contentType: "text/javascript", body: stub }));
  await page.addInitScript(`globalThis.SHEET = ${JSON.stringify(task.sheet)}; globalThis.NAMES = ${JSON.stringify(task.names)};`);
  await page.goto(task.base + "taskpane.html");
  await page.waitForFunction(() => document.getElementById("foot").textContent !== "");
  const shown = [];
  for (const step of task.steps) {
    if (step.select) await page.evaluate((address) => globalThis.selectCell(address), step.select);
    if (step.tab) await page.click(`#tab-${step.tab}`);
    if (step.find) await page.fill(`#find-${step.find}`, step.text);
    if (step.open) await page.click(`#${step.open} summary`);
    if (step.picture) await page.screenshot({ path: step.picture });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    shown.push({ text: await page.innerText("main"), foot: await page.innerText("#foot"), wide });
  }
  await browser.close();
  process.stdout.write(JSON.stringify({ shown, faults }));
}

main().catch((error) => { console.error(error); process.exit(1); });
