// SPDX-License-Identifier: GPL-3.0-or-later
// How sure the years ahead are: fans over worlds, when the pool runs dry, and what
// the uncertainty comes from.

const worlds = data.worlds; // null where none were drawn
// The middle nine tenths of the worlds of a measure, in the unit of estimate(); null where
// worlds don't carry it.
function worldsRange(scenario, measure, group) {
  if (!worlds || group !== 'all') return null;
  const fan = worlds.measure_fans[scenario][state.year][measureAt.get(measure)];
  const share = state.per === 'insured' && measure !== 'persons' && data.measures[measureAt.get(measure)].unit !== 'yuan_per_person';
  const by = share ? personsIn(scenario, group) : 1;
  return [fan[0] / by, fan[fan.length - 1] / by];
}
const levelOf = (q) => worlds.levels.findIndex((x) => Math.abs(x - q) < 1e-9);
const fanOf = (scenario, key) => worlds.levels.map((_, q) => years.map((_, k) => worlds.fans[scenario][k][lineAt.get(key)][q]));

// Worlds by the year in which it first happened, in the end those in which it never did.
const eventCounts = (scenario, kind, place = 0) => worlds.events[kind][scenario][place];
const eventShare = (scenario, kind, place = 0) => {
  const counts = eventCounts(scenario, kind, place);
  return 1 - counts[counts.length - 1] / worlds.n;
};
// The year by which a share of worlds has met it; null: later than simulated.
function eventQuantile(scenario, kind, share, place = 0) {
  let sum = 0;
  const at = eventCounts(scenario, kind, place).findIndex((count) => (sum += count) >= share * worlds.n - 1e-9);
  return at < years.length ? years[at] : null;
}
const later = () => t('after', { year: lastYear });

function fanFigure(scenario, unit, reach) {
  const fan = fanOf(scenario, 'pool_closing'), central = bookLine(scenario, 'pool_closing');
  const title = scenarioName(scenario), shade = [0.14, 0.3, 0.3, 0.14];
  const names = [t('median'), t('central_run')];
  return figure({
    title, note: unit.name,
    describe: `${title} (${unit.name}), ${lastYear}: ${worlds.levels.map((q, i) => `${percent(q, 0)} ${inUnit(fan[i][years.length - 1], unit)}`).join(t('comma'))}`,
    height: () => 260,
    option: () => ({
      grid: { left: 60, right: 14, top: 30, bottom: 28 },
      legend: { ...legendAbove, data: names },
      xAxis: { ...yearAxis(), boundaryGap: false }, yAxis: evenAxis(axisUnit(unit), reach),
      tooltip: { ...plainTooltip, trigger: 'axis', formatter: (points) => { const k = points[0].dataIndex; return `${years[k]}\n${worlds.levels.map((q, i) => `${percent(q, 0)}: ${inUnit(fan[i][k], unit)}`).join('\n')}`; } },
      series: [...bands(fan, (i) => opacity(colour(scenario), shade[i]), 'fan'),
        { type: 'line', name: names[0], data: fan[levelOf(0.5)], symbol: 'none', z: 5, lineStyle: { width: 2.2, color: colour(scenario) }, itemStyle: { color: colour(scenario) }, markLine: zeroLine },
        { type: 'line', name: names[1], data: central, symbol: 'none', z: 5, lineStyle: { width: 1.5, color: ink.text, type: 'dotted' }, itemStyle: { color: ink.text } }],
    }),
    table: table(`${title}, ${unit.name}`, [t('year'), ...worlds.levels.map((q) => percent(q, 0)), t('central_run')],
      years.map((y, k) => [String(y), ...fan.map((row) => inUnit(row[k], unit)), inUnit(central[k], unit)])),
  });
}

function worldsFans() {
  if (!worlds) return null;
  const all = shown().flatMap((s) => [...fanOf(s, 'pool_closing').flat(), ...bookLine(s, 'pool_closing')]);
  const unit = moneyUnit(all, 'total'), reach = reachOf(all);
  return [h('h3', {}, t('fans_title')), h('p', {}, t('fans_text', { n: number(worlds.n) })),
    h('div', { class: 'grid' }, shown().map((s) => fanFigure(s, unit, reach)))];
}

// ---- when ----

const eventKinds = ['first_deficit', 'run_dry'];
const eventKey = (kind, scenario) => (kind === 'run_dry' && books.scenarios[scenario].pooled ? 'run_dry_pooled' : kind);
const eventName = (kind, scenario) => t(eventKey(kind, scenario));

function eventFigure(scenario, most) {
  const labels = [...years.map(String), t('never')];
  const fills = { first_deficit: opacity(colour(scenario), 0.35), run_dry: colour(scenario) };
  const shares = eventKinds.map((kind) => eventCounts(scenario, kind).map((n) => n / worlds.n));
  const title = scenarioName(scenario), names = eventKinds.map((kind) => t(`short_${eventKey(kind, scenario)}`));
  const step = (width) => Math.ceil(years.length / Math.max(2, (width - 60) / 46)); // labels that have room
  return figure({
    title, note: t('event_note'),
    describe: `${title}: ${eventKinds.map((kind, i) => `${names[i]} ${t('chance_by', { p: percent(eventShare(scenario, kind), 0), year: lastYear })}`).join(t('semicolon'))}`,
    height: (width) => 200 + legendRoom(names, width),
    option: (width) => ({
      grid: { left: 46, right: 14, top: legendRoom(names, width) + 12, bottom: 28 },
      legend: { ...legendAbove, data: names },
      xAxis: { ...yearAxis(labels), axisLabel: { color: ink.text, fontSize: 11, interval: (i) => i === years.length || (i < years.length - step(width) / 2 && i % step(width) === 0) } },
      yAxis: evenAxis((x) => (x > 1 ? '' : percent(x, 0)), { min: 0, max: most, interval: most > 0.5 ? 0.2 : 0.1 }),
      tooltip: { ...plainTooltip, formatter: (p) => `${p.seriesName}\n${p.name}: ${percent(p.value)}` },
      series: eventKinds.map((kind, i) => ({
        type: 'bar', name: names[i], barGap: '0%', barCategoryGap: '25%', cursor: 'default', data: shares[i], itemStyle: { color: fills[kind] },
        label: { show: true, position: 'top', color: ink.text, fontSize: 10, formatter: (p) => (p.value >= 0.095 ? percent(p.value, 0) : '') },
      })),
    }),
    table: table(title, [t('year'), ...names], labels.map((label, k) => [label, ...shares.map((row) => percent(row[k]))])),
  });
}

// The chance that it has happened by the end of each year, all scenarios together.
function byThenFigure() {
  const scenarios = shown(), names = scenarios.map(scenarioName);
  const rows = scenarios.map((s) => { let sum = 0; return eventCounts(s, 'run_dry').slice(0, -1).map((n) => (sum += n) / worlds.n); });
  const title = t('by_then_chart');
  return figure({
    title, note: t('by_then_note'), wide: true,
    describe: `${title}: ${scenarios.map((_, i) => `${names[i]} ${lastYear} ${percent(rows[i][years.length - 1], 0)}`).join(t('semicolon'))}`,
    height: (width) => 240 + legendRoom(names, width),
    option: (width) => ({
      grid: { left: 64, right: 18, top: legendRoom(names, width), bottom: 30 },
      legend: { ...legendAbove, data: names },
      xAxis: { ...yearAxis(), boundaryGap: false }, yAxis: evenAxis((x) => percent(x, 0), { min: 0, max: 1, interval: 0.2 }),
      tooltip: { ...plainTooltip, formatter: (p) => `${p.seriesName}\n${p.name}: ${percent(p.value)}` },
      series: scenarios.map((s, i) => ({
        type: 'line', name: names[i], data: rows[i], symbol: symbolOf(s), symbolSize: 6, cursor: 'default',
        lineStyle: { width: 2.2, color: colour(s), type: s === data.baseline && several ? 'dashed' : 'solid' }, itemStyle: { color: colour(s) },
      })),
    }),
    table: table(title, [t('year'), ...names], years.map((y, k) => [String(y), ...rows.map((row) => percent(row[k]))])),
  });
}

function eventTable() {
  const rows = eventKinds.flatMap((kind) => shown().map((s) => [`${eventName(kind, s)}${t('colon')}${scenarioName(s)}`,
    yearText(books.scenarios[s][kind][0], later()), ...[0.05, 0.25, 0.5, 0.75, 0.95].map((q) => yearText(eventQuantile(s, kind, q), later())), percent(eventShare(s, kind))]));
  return table(t('event_caption', { n: number(worlds.n) }), [t('event'), t('central_run'), '5%', '25%', '50%', '75%', '95%', t('by_the_end', { year: lastYear })], rows);
}

// For a pooled city: the first year in which each county needs its governments' money.
function countyEvents(scenario) {
  if (!books.scenarios[scenario].pooled || worlds.events.run_dry[scenario].length < 2) return null;
  const rows = books.places.slice(1).map((place, i) => [say(place.name), yearText(books.scenarios[scenario].run_dry[i + 1], later()),
    ...[0.05, 0.25, 0.5, 0.75, 0.95].map((q) => yearText(eventQuantile(scenario, 'run_dry', q, i + 1), later())), percent(eventShare(scenario, 'run_dry', i + 1))]);
  return [h('h3', {}, t('county_events_title', { name: scenarioName(scenario) })),
    table(t('county_events_caption'), [t('place'), t('central_run'), '5%', '25%', '50%', '75%', '95%', t('by_the_end', { year: lastYear })], rows)];
}

function outlivesTable() {
  const scenarios = shown();
  if (scenarios.length < 2) return null;
  const rows = scenarios.map((a) => [scenarioName(a), ...scenarios.map((b) => (a === b ? '–'
    : [percent(worlds.outlives[a][b]), h('small', {}, t('ties', { p: percent(worlds.ties[a][b]) }))]))]);
  return [h('h3', {}, t('outlives_title')), h('p', {}, t('outlives_text', { year: lastYear })),
    table(t('outlives_caption'), [t('outlives_head'), ...scenarios.map(scenarioName)], rows, 'pairs')];
}

function drySection() {
  if (!worlds) return null;
  const highest = Math.max(0.1, ...shown().flatMap((s) => eventKinds.flatMap((kind) => eventCounts(s, kind).map((n) => n / worlds.n))));
  const most = highest > 0.45 ? Math.min(1.2, Math.ceil(5 * highest + 0.4) / 5) : Math.ceil(10 * highest + 0.4) / 10;
  return section('dry', h('p', {}, t('dry_text', { n: number(worlds.n) })), h('div', { class: 'grid' }, shown().map((s) => eventFigure(s, most))),
    byThenFigure(), eventTable(), shown().map(countyEvents), outlivesTable());
}

// ---- what the uncertainty comes from ----

const budget = data.budget; // null where none was made
const SINGLE_SHOWN = 14;

// rows: [{name, first, total}] as bars: the pale one is total, the dark one first-order.
function shareFigure(title, note, rows) {
  const most = Math.min(1, Math.max(0.05, ...rows.map((r) => r.total)) * 1.4);
  const lines = rows.map((r) => [r.name, percent(r.first), percent(r.total)]);
  const bar = (key, fill) => ({ type: 'bar', name: t(key), barWidth: 15, barGap: '-100%', cursor: 'default', data: rows.map((r) => Math.max(0, r[key])), itemStyle: { color: fill } });
  return figure({
    title, note,
    describe: `${title}: ${lines.slice(0, 6).map((l) => `${l[0]} ${l[1]}`).join(t('semicolon'))}`,
    height: () => 62 + 33 * rows.length,
    option: (width) => ({
      grid: { left: labelWidth(width) + 12, right: 16, top: 30, bottom: 26 },
      legend: { ...legendAbove, data: [t('first'), t('total')] },
      xAxis: valueAxis((x) => percent(x, 0), { min: 0, max: most }), yAxis: categoryAxis(rows.map((r) => clip(r.name, labelWidth(width))), width),
      tooltip: { ...plainTooltip, formatter: (p) => `${lines[p.dataIndex][0]}\n${t('first')} ${lines[p.dataIndex][1]}\n${t('total')} ${lines[p.dataIndex][2]}` },
      series: [
        { ...bar('total', '#b9d0e4'), label: { show: true, position: 'right', color: ink.text, fontSize: 11, formatter: (p) => `${percent(rows[p.dataIndex].first, 0)} (${percent(rows[p.dataIndex].total, 0)})` } },
        { ...bar('first', '#1f6fb2'), z: 3 }],
    }),
    table: table(title, [t('source_of'), t('first'), t('total')], lines),
  });
}

// An input by its name: of a policy's parameter with what it is about.
function inputName(input) {
  const row = data.parameters.find((r) => `policy.${r.path}` === input.key);
  return row ? `${say(row.subject)}${t('colon')}${say(row.name)}` : say(input.name).split(/[;；]/)[0];
}

function budgetSection() {
  if (!budget) return null;
  const of = budget.shares[state.book][state.outcome];
  const byTotal = (a, b) => b.total - a.total;
  const groups = budget.groups.map((g, i) => ({ name: say(g.name), first: of.group_first[i], total: of.group_total[i] })).filter((r) => r.total > 0).sort(byTotal);
  groups.push({ name: t('sampling'), first: of.sampling, total: of.sampling }, { name: t('unexplained'), first: of.unexplained, total: of.unexplained });
  const singles = budget.inputs.map((input, i) => ({ name: inputName(input), key: input.key, kind: say(budget.groups.find((g) => g.key === input.group).name), range: spread(input.low, input.high), first: of.first[i], total: of.total[i] })).sort(byTotal);
  const largest = singles.filter((r) => r.total >= 0.001).slice(0, SINGLE_SHOWN);
  const choice = h('div', { class: 'line' }, pickBook('pick-book-budget'), pick('pick-outcome', t('outcome'), 'outcome', budget.outcomes.map((x) => say(x.name))));
  if (of.deviation === 0) return section('budget', h('p', {}, t('budget_text')), choice, h('p', { class: 'quiet' }, t('budget_none')));
  return section('budget', h('p', {}, t('budget_text')), choice,
    h('div', { class: 'grid' }, shareFigure(t('budget_groups'), t('budget_note'), groups),
      largest.length ? shareFigure(t('budget_singles'), t('budget_singles_note', { n: largest.length }), largest) : null),
    h('details', { class: 'numbers', id: 'budget-all' }, h('summary', {}, t('budget_all', { n: singles.length })),
      table(t('budget_all', { n: singles.length }), [t('source_of'), t('kind'), t('prior'), t('first'), t('total')], singles.map((r) => [
        [r.name, h('small', {}, h('code', {}, breakable(r.key)))], r.kind, r.range, percent(r.first), percent(r.total)]))));
}
