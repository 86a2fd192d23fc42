// SPDX-License-Identifier: GPL-3.0-or-later
// The pooled fund's books, year by year: what they hold, and their charts.

const books = data.books; // null where the run has one year and its model no fund
const years = data.run.years;
const lineAt = new Map(books ? books.lines.map((line, i) => [line.key, i]) : []);
const lastYear = years[years.length - 1];

// A line of the books by year, in its unit; null where a place has no such line.
const bookLine = (scenario, key, place = 0) => books.scenarios[scenario].values[place]
  .map((lines) => lines[lineAt.get(key)]);
// Half of its 95 % interval of sampling, and of that of the difference to the baseline.
const bookHalf = (scenario, key, which = 'errors') => books.scenarios[scenario][which].map((lines) => NORMAL_95 * lines[lineAt.get(key)]);
const linesOf = (role) => books.lines.filter((line) => line.role === role);
const scenarioName = (s) => say(data.scenarios[s].name);
const yearText = (y, never = t('not_by', { year: lastYear })) => (y ? String(y) : never);
const opacity = (hex, share) => `rgba(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(', ')}, ${share})`;

const yearAxis = (labels = years.map(String)) => ({
  type: 'category', data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.soft }, onZero: false },
  axisLabel: { color: ink.text, fontSize: 11, hideOverlap: true },
});
const zeroLine = { silent: true, symbol: 'none', animation: false, label: { show: false }, lineStyle: { color: ink.text, width: 1, type: 'solid' }, data: [{ yAxis: 0 }] };
const legendAbove = { top: 0, left: 0, itemWidth: 18, itemHeight: 10, selectedMode: false, textStyle: { color: ink.text }, formatter: (text) => clip(text, LEGEND_TEXT) };
const legendRoom = (texts, width, room) => 16 + 21 * legendRows(texts, width, room);
const LINE_TEXT = 150; // lines of the books have longer names than scenarios
const axisUnit = (unit) => (x) => number(x / unit.scale, x / unit.scale % 1 ? 1 : 0);

// Areas between quantiles, the outermost first: each stands on the one below.
function bands(rows, colourOf, name) {
  const base = { type: 'line', stack: name, stackStrategy: 'all', silent: true, symbol: 'none', lineStyle: { width: 0 }, tooltip: { show: false } };
  return rows.map((row, i) => ({
    ...base, name: `${name} ${i}`, data: row.map((x, k) => (i ? x - rows[i - 1][k] : x)),
    areaStyle: i ? { color: colourOf(i - 1), opacity: 1 } : { opacity: 0 },
  }));
}

// The same reach on several charts, so that they can be compared by eye.
function reachOf(values) {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(0, ...finite), most = Math.max(0, ...finite);
  const step = 10 ** Math.floor(Math.log10((most - least || 1) / 4));
  const size = [1, 2, 5, 10].map((x) => x * step).find((x) => (most - least) / x <= 6) || 10 * step;
  return { min: Math.floor(least / size) * size, max: Math.ceil(most / size) * size, interval: size };
}
const evenAxis = (write, { min, max, interval }) => ({ ...valueAxis(write, { min, max, full: true }), interval });

// Where the balance goes: one line a scenario, with the 95 % band of sampling where
// no worlds were drawn.
function balanceFigure() {
  const scenarios = shown();
  const rows = scenarios.map((s) => bookLine(s, 'pool_closing'));
  const halves = scenarios.map((s) => bookHalf(s, 'pool_closing'));
  const unit = moneyUnit(rows.flat(), 'total');
  const names = scenarios.map(scenarioName);
  const lines = years.map((y, k) => [String(y), ...rows.map((row, i) => [inUnit(row[k], unit), halves[i][k] > 0 ? h('small', {}, `± ${inUnit(halves[i][k], unit)}`) : null])]);
  const title = t('balance_chart');
  return figure({
    title, note: `${unit.name}${t('semicolon')}${t(data.worlds ? 'balance_note_worlds' : 'balance_note')}`, wide: true,
    describe: `${title} (${unit.name}): ${scenarios.map((s, i) => `${names[i]} ${years[0]} ${inUnit(rows[i][0], unit)}, ${lastYear} ${inUnit(rows[i][years.length - 1], unit)}`).join(t('semicolon'))}`,
    height: (width) => 300 + legendRoom(names, width),
    option: (width) => ({
      grid: { left: 64, right: 18, top: legendRoom(names, width), bottom: 30 },
      legend: { ...legendAbove, data: names },
      xAxis: { ...yearAxis(), boundaryGap: false },
      yAxis: valueAxis(axisUnit(unit)),
      tooltip: { ...plainTooltip, formatter: (p) => `${p.seriesName}\n${p.name}: ${inUnit(p.value, unit)} ${unit.name}` },
      series: scenarios.flatMap((s, i) => [
        ...(data.worlds ? [] : bands([rows[i].map((x, k) => x - halves[i][k]), rows[i].map((x, k) => x + halves[i][k])], () => opacity(colour(s), 0.18), `band ${i}`)),
        {
          type: 'line', name: names[i], data: rows[i], symbol: symbolOf(s), symbolSize: 6, cursor: 'default', z: 5,
          lineStyle: { width: 2.2, color: colour(s), type: s === data.baseline && several ? 'dashed' : 'solid' }, itemStyle: { color: colour(s) },
          markLine: i ? undefined : zeroLine,
        }]),
    }),
    table: table(`${title}, ${unit.name}`, [t('year'), ...names], lines),
  });
}

// What comes in, above, and what goes out, below, by kind; the line is the difference.
const incomeColours = ['#17605d', '#3d9087', '#86bdb3', '#b9d9d2', '#5a7fa8', '#8aa9c9'];
const outgoColours = ['#b5501f', '#d0793f', '#e09c60', '#ecbd8b', '#8a5a86', '#b48ab0', '#a8790a', '#d1ab4d', '#7b8790', '#a9b3ba'];

function flowFigure(scenario) {
  const used = (line) => bookLine(scenario, line.key, state.place).some((x) => x);
  const income = [...linesOf('income'), ...books.lines.filter((line) => line.key === 'pool_government')].filter(used), outgo = linesOf('outgo').filter(used);
  const surplus = bookLine(scenario, 'pool_surplus', state.place);
  const unit = moneyUnit([...bookLine(scenario, 'pool_income', state.place), ...bookLine(scenario, 'pool_outgo', state.place)], 'total');
  const parts = [...income.map((line, i) => ({ line, sign: 1, fill: incomeColours[i % incomeColours.length] })),
    ...outgo.map((line, i) => ({ line, sign: -1, fill: outgoColours[i % outgoColours.length] }))];
  const names = [...parts.map((p) => say(p.line.name)), t('surplus_line')];
  const title = t('flow_chart', { name: scenarioName(scenario) });
  const lines = years.map((y, k) => [String(y), ...parts.map((p) => inUnit(bookLine(scenario, p.line.key, state.place)[k], unit)), signedIn(surplus[k], unit)]);
  return figure({
    title, note: `${say(books.places[state.place].name)}${t('semicolon')}${unit.name}${t('semicolon')}${t('flow_note')}`, wide: true,
    describe: `${title} (${unit.name}): ${[0, years.length - 1].map((k) => `${years[k]} ${t('income')} ${inUnit(bookLine(scenario, 'pool_income', state.place)[k], unit)}, ${t('outgo')} ${inUnit(bookLine(scenario, 'pool_outgo', state.place)[k], unit)}`).join(t('semicolon'))}`,
    height: (width) => 320 + legendRoom(names, width, LINE_TEXT),
    option: (width) => ({
      grid: { left: 64, right: 18, top: legendRoom(names, width, LINE_TEXT), bottom: 30 },
      legend: { ...legendAbove, data: names, formatter: (text) => clip(text, LINE_TEXT) },
      xAxis: yearAxis(), yAxis: valueAxis((x) => axisUnit(unit)(Math.abs(x))),
      tooltip: { ...plainTooltip, formatter: (p) => `${p.seriesName}\n${p.name}: ${p.seriesType === 'bar' ? inUnit(Math.abs(p.value), unit) : signedIn(p.value, unit)} ${unit.name}` },
      series: [...parts.map((p, i) => ({
        type: 'bar', stack: 'flow', name: names[i], barMaxWidth: 34, barCategoryGap: '28%', cursor: 'default', itemStyle: { color: p.fill },
        data: bookLine(scenario, p.line.key, state.place).map((x) => p.sign * x),
      })), {
        type: 'line', name: t('surplus_line'), data: surplus, symbol: 'circle', symbolSize: 6, cursor: 'default', z: 6,
        lineStyle: { color: ink.text, width: 2 }, itemStyle: { color: ink.text }, markLine: zeroLine,
      }],
    }),
    table: table(`${title}, ${unit.name}`, [t('year'), ...names], lines),
  });
}

// How many in work there are for each retiree.
function dependencyFigure() {
  const [active, retired, ratio] = ['insured_active', 'insured_retired', 'dependency_ratio'].map((key) => bookLine(data.baseline, key));
  const title = t('dependency_chart');
  const lines = years.map((y, k) => [String(y), number(active[k]), number(retired[k]), number(ratio[k], 2)]);
  return figure({
    title, note: t('dependency_note'), wide: true,
    describe: `${title}: ${[0, years.length - 1].map((k) => `${years[k]} ${number(ratio[k], 2)}`).join(t('semicolon'))}`,
    height: () => 220,
    option: () => ({
      grid: { left: 64, right: 18, top: 16, bottom: 30 },
      xAxis: { ...yearAxis(), boundaryGap: false },
      yAxis: { ...valueAxis((x) => number(x, 2)), scale: true },
      tooltip: { ...plainTooltip, formatter: (p) => `${p.name}: ${lines[p.dataIndex][3]}\n${t('active')} ${lines[p.dataIndex][1]}\n${t('retired')} ${lines[p.dataIndex][2]}` },
      series: [{ type: 'line', data: ratio, symbol: 'circle', symbolSize: 6, cursor: 'default', lineStyle: { width: 2.2, color: ink.better }, itemStyle: { color: ink.better } }],
    }),
    table: table(title, [t('year'), t('active'), t('retired'), t('dependency')], lines),
  });
}

// ---- the actuary's table ----

// 10 thousand yuan is what Chinese bureaus keep books in; English readers get millions.
const bookScale = () => (state.lang === 'zh' ? 1e4 : 1e6);
const bookUnit = () => t(state.lang === 'zh' ? 'unit_10_thousand' : 'unit_million');
const bookDecimals = { persons: 0, months: 1, ratio: 2 };
const bookNumber = (line, x) => (x === null ? '–' : line.unit === 'yuan' ? number(x / bookScale(), 2) : number(x, bookDecimals[line.unit]));

// Rows of the table: [name, cells, class]; what is not kept for the place, and kinds of
// income and outgo that are 0 throughout, are left out.
function bookRows(scenario, place) {
  const values = books.scenarios[scenario].values[place];
  return books.lines.map((line, i) => ({ line, cells: values.map((lines) => lines[i]) }))
    .filter(({ line, cells }) => cells.some((x) => x) || (['total', 'balance'].includes(line.role) && cells.some((x) => x !== null) && !quiet.includes(line.key)))
    .map(({ line, cells }) => [say(line.name), cells.map((x) => bookNumber(line, x)), line.role]);
}
const quiet = ['pool_government', 'pool_from_city', 'pool_reserve']; // of pooled cities only

function alertRows(scenario, place) {
  const alerts = books.scenarios[scenario].alerts;
  if (!alerts || place === 0) return [];
  const cells = alerts[place - 1];
  return [[t('risk_rate'), cells.map((c) => percent(c.rate)), 'state'], [t('alert'), cells.map((c) => alertMark(c)), 'state']];
}
const alertMark = (cell) => (cell.alert ? h('b', { class: 'mark assumption' }, say(books.alerts[cell.alert])) : t('alert_none'));

// Of the years from one to another (their places, the last not among them).
function bookTable(scenario, place, from = 0, to = years.length) {
  const caption = t('book_caption', { name: scenarioName(scenario), place: say(books.places[place].name), unit: bookUnit() });
  const rows = [...bookRows(scenario, place), ...alertRows(scenario, place)];
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', { class: 'book' }, h('caption', {}, caption),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('line')), years.slice(from, to).map((y) => h('th', { scope: 'col', class: 'number' }, y)))),
      h('tbody', {}, rows.map(([name, cells, part]) => h('tr', { class: part }, h('th', { scope: 'row' }, name),
        cells.slice(from, to).map((cell) => h('td', { class: 'number' }, cell)))))));
}

// On paper so many years side by side, the others below.
const YEARS_ON_PAPER = 10;
const bookOnPaper = (scenario, place) => h('div', { class: 'on-paper', 'aria-hidden': 'true' },
  years.filter((_, i) => i % YEARS_ON_PAPER === 0).map((_, i) => bookTable(scenario, place, YEARS_ON_PAPER * i, YEARS_ON_PAPER * (i + 1))));

// The table as text for a spreadsheet: yuan, unrounded but for the fen, a tab between cells.
function bookText(scenario, place) {
  const values = books.scenarios[scenario].values[place];
  const head = [t('book_pasted', { name: scenarioName(scenario), place: say(books.places[place].name) }), ...years].join('\t');
  return [head, ...books.lines.map((line, i) => [say(line.name), ...values.map((lines) => (lines[i] === null ? '' : lines[i].toFixed(2)))].join('\t'))].join('\n');
}

async function copyBook(event) {
  const button = event.target, text = bookText(state.book, state.place);
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h('textarea', { 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
  }
  button.textContent = t(done ? 'copied' : 'not_copied');
}

// A list to pick from; what is picked goes into the state by its key.
const pick = (id, label, key, texts) => h('label', { class: 'choice' }, label,
  h('select', { id, onchange: (event) => change({ [key]: Number(event.target.value) }) },
    texts.map((text, i) => h('option', { value: i, selected: i === state[key] }, text))));
const pickBook = (id) => (several ? pick(id, t('scenario'), 'book', data.scenarios.map((_, i) => scenarioName(i))) : null);

function bookChoice() {
  return h('div', { class: 'line' }, pickBook('pick-book'),
    books.places.length > 1 ? pick('pick-place', t('place'), 'place', books.places.map((p) => say(p.name))) : null,
    h('button', { type: 'button', id: 'copy', class: 'screen', onclick: copyBook }, t('copy')));
}

// Years in which counties of a pooled city were past their budgets.
function alertTable(scenario) {
  const alerts = books.scenarios[scenario].alerts;
  if (!alerts) return null;
  const rows = alerts.map((cells, i) => [say(books.places[i + 1].name), ...cells.map((c) => [percent(c.rate, 1),
    c.alert ? h('small', { class: 'warn' }, say(books.alerts[c.alert])) : null])]);
  return h('details', { class: 'numbers', id: 'alerts' }, h('summary', {}, t('alerts_summary')), table(t('alerts_caption', { name: scenarioName(scenario) }), [t('place'), ...years.map(String)], rows));
}

// ---- the sections ----

const openingGiven = () => data.run.model.values.some((v) => v.path === 'fund.opening_balance');
function aheadCard(scenario) {
  const of = books.scenarios[scenario], closing = bookLine(scenario, 'pool_closing'), months = bookLine(scenario, 'pool_months');
  const unit = moneyUnit(shown().flatMap((s) => bookLine(s, 'pool_closing')), 'total');
  const k = years.length - 1, half = bookHalf(scenario, 'pool_closing')[k];
  const than = scenario === data.baseline ? null : t('against_baseline', { x: `${signedIn(closing[k] - bookLine(data.baseline, 'pool_closing')[k], unit)} ± ${inUnit(bookHalf(scenario, 'pool_closing', 'difference_errors')[k], unit)}` });
  const row = (name, value, small) => h('div', {}, h('dt', {}, name), h('dd', {}, h('span', { class: 'figure' }, value), small ? h('small', {}, small) : null));
  const chance = (kind) => (data.worlds ? t('chance_by', { p: percent(eventShare(scenario, kind), 0), year: lastYear }) : null);
  return h('article', { class: 'card', style: `border-top-color:${colour(scenario)}` },
    h('h3', {}, scenarioName(scenario), scenario === data.baseline && several ? h('b', { class: 'mark plain' }, t('baseline')) : null),
    h('dl', {}, row(t('closing_in', { year: lastYear }), `${inUnit(closing[k], unit)} ${unit.name}`, than || (half > 0 ? `± ${inUnit(half, unit)}` : null)),
      row(t('months_in', { year: lastYear }), months[k] === null ? '–' : t('months', { n: number(months[k], 1) })),
      row(t('first_deficit'), yearText(of.first_deficit[0]), chance('first_deficit')),
      row(t(of.pooled ? 'run_dry_pooled' : 'run_dry'), yearText(of.run_dry[0]), chance('run_dry'))));
}

function aheadSection() {
  if (!books || years.length < 2) return null;
  return section('ahead', h('p', {}, t('ahead_text')), openingGiven() ? null : h('p', { class: 'warn' }, t('ahead_no_opening')),
    h('div', { class: 'cards', style: `--across:${across(shown().length)}` }, shown().map(aheadCard)), balanceFigure(), worldsFans(), dependencyFigure());
}

function bookSection() {
  if (!books) return null;
  return h('div', { class: 'sheet' }, section('book', h('p', {}, t('book_text')), bookChoice(),
    years.length > 1 ? flowFigure(state.book) : null, h('div', { class: 'screen' }, bookTable(state.book, state.place)), bookOnPaper(state.book, state.place), alertTable(state.book)));
}
