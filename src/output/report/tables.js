// SPDX-License-Identifier: GPL-3.0-or-later
// The table of results, and the parameters of all policies side by side.

const tableMeasures = () => {
  const claims = data.groups[groupAt.get(state.group)].of_claims;
  return data.measures.filter((m) => (!claims || m.per_claim)
    && !(data.scenarios.length === 1 && ['winners', 'losers', 'net_gain_mean'].includes(m.key)));
};

function resultCell(measure, scenario, unit) {
  const cell = estimate(scenario, measure.key, state.group);
  if (!cell) return h('td', { class: 'number' }, '–');
  const range = worldsRange(scenario, measure.key, state.group);
  const reference = ['persons', 'winners', 'losers', 'cap_reached', 'net_gain_mean'].includes(measure.key);
  return h('td', { class: 'number' },
    h('span', { class: 'figure' }, inUnit(cell.value, unit)),
    cell.upper > cell.lower ? h('small', {}, between(inUnit(cell.lower, unit), inUnit(cell.upper, unit))) : null,
    range && range[1] > range[0] ? h('small', { class: 'worlds' }, t('worlds_range', { range: between(inUnit(range[0], unit), inUnit(range[1], unit)) })) : null,
    scenario !== data.baseline && !reference
      ? h('small', { class: 'difference' }, `Δ ${signedIn(cell.difference, unit)} ± ${inUnit(cell.half, unit)}`) : null);
}

function resultsTable() {
  const scenarios = shown();
  const rows = tableMeasures().map((measure) => {
    const cells = scenarios.map((s) => estimate(s, measure.key, state.group));
    const unit = measureUnit(measure.key, cells.filter(Boolean).flatMap((c) => [c.lower, c.upper]));
    const per = state.per === 'insured' && measure.unit !== 'yuan_per_person' && measure.key !== 'persons' && unit.name !== '%';
    return h('tr', {},
      h('th', { scope: 'row' }, say(measure.name), h('small', {}, per ? t('per_insured_in', { unit: unit.name }) : unit.name)),
      scenarios.map((s) => resultCell(measure, s, unit)));
  });
  const caption = t('results_caption', { group: say(data.groups[groupAt.get(state.group)].name), year: year() });
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', { class: 'results', style: `min-width:${9 + 8 * scenarios.length}rem` }, h('caption', {}, caption), scenarioHead(t('measure'), scenarios), h('tbody', {}, rows)));
}

const scenarioHead = (first, scenarios) => h('thead', {}, h('tr', {},
  h('th', { scope: 'col' }, first),
  scenarios.map((s) => h('th', { scope: 'col' }, h('i', { class: 'key', style: `background:${colour(s)}` }), say(data.scenarios[s].name),
    s === data.baseline && data.scenarios.length > 1 ? h('small', {}, t('baseline')) : null))));

const dimensionName = (key) => (words[`dimension_${key}`] ? t(`dimension_${key}`) : key);

function groupChoice() {
  const dimensions = [...new Set(data.groups.map((g) => g.dimension))];
  const option = (g) => h('option', { value: g.key, selected: g.key === state.group }, say(g.name));
  return h('label', { class: 'choice' }, t('group'), h('select', { id: 'group', onchange: (event) => change({ group: event.target.value }) },
    dimensions.map((d) => {
      const members = data.groups.filter((g) => g.dimension === d);
      return d === 'all' ? members.map(option) : h('optgroup', { label: dimensionName(d) }, members.map(option));
    })));
}

// ---- parameters ----

// The values of a parameter in force in the year shown (or on the day that holds).
function inForce(values) {
  const from = data.run.rules_on || `${year()}-01-01`, to = data.run.rules_on || `${year()}-12-31`;
  return values.filter((value, i) => {
    const next = values[i + 1];
    return (value.from === null || value.from <= to) && (!next || next.from > from);
  }).map((value) => ({ ...value, later: value.from !== null && value.from > from }));
}

const cellText = (entry) => {
  if (entry === null) return '';
  if (entry.fallback) return say(entry.fallback);
  return inForce(entry).map((v) => (v.later ? v.from : '') + say(v.value)).join('|');
};

// A clause a line; long keys may break at their underscores.
const clauses = (text) => text.split(/(?<=；|; )/).flatMap((clause, i) => (i ? [h('br'), clause] : [clause]));
const breakable = (key) => key.split(/(?<=[._])/).flatMap((part, i) => (i ? [h('wbr'), part] : [part]));

function parameterCell(entry, differs) {
  const attributes = { class: differs ? 'differs' : null };
  if (entry === null) return h('td', attributes, h('span', { class: 'absent' }, t('not_in_policy')));
  if (entry.fallback) return h('td', attributes, h('span', { class: 'fallback' }, say(entry.fallback)),
    entry.standing ? h('b', { class: `mark ${entry.standing}` }, t(`mark_${entry.standing}`)) : null, h('small', {}, t('fallback')));
  const pieces = inForce(entry);
  if (pieces.length === 0) return h('td', attributes, h('span', { class: 'absent' }, t('not_yet')));
  return h('td', attributes, pieces.map((piece) => h('div', { class: 'piece' },
    piece.later ? h('small', {}, t('from_day', { day: piece.from })) : null,
    h('span', { class: 'value' }, clauses(say(piece.value))),
    piece.standing !== 'document' ? h('b', { class: `mark ${piece.standing}` }, t(`mark_${piece.standing}`)) : null,
    h('small', {}, piece.article, piece.range ? ` · ${t('range')} ${piece.range}` : ''),
    piece.note ? h('small', {}, piece.note) : null)));
}

function parameterTable() {
  const scenarios = shown();
  const body = [];
  let subject = null, hidden = 0;
  for (const row of data.parameters) {
    const entries = scenarios.map((s) => row.scenarios[s]);
    const texts = entries.map(cellText);
    const reference = cellText(row.scenarios[data.baseline]);
    const differs = texts.some((text) => text !== reference);
    if (!differs && state.onlyDifferent) { hidden++; continue; }
    if (say(row.subject) !== subject) {
      subject = say(row.subject);
      const prefix = row.path.slice(0, -row.key.length - 1);
      body.push(h('tr', { class: 'subject' }, h('th', { colspan: scenarios.length + 1, scope: 'colgroup' }, subject, h('code', {}, prefix))));
    }
    body.push(h('tr', { class: differs ? 'row-differs' : null },
      h('th', { scope: 'row' }, say(row.name), h('small', {}, h('code', {}, breakable(row.key)))),
      entries.map((entry, i) => parameterCell(entry, texts[i] !== reference))));
  }
  const caption = data.run.rules_on ? t('parameters_on', { day: data.run.rules_on }) : t('parameters_in', { year: year() });
  return [
    h('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': caption },
      h('table', { class: 'parameters' }, h('caption', {}, caption), scenarioHead(t('parameter'), scenarios), h('tbody', {}, body))),
    hidden ? h('p', { class: 'quiet' }, t('rows_alike', { n: hidden })) : null,
    body.length === 0 ? h('p', { class: 'quiet' }, t('no_rows')) : null,
  ];
}

// What the comparison rests on that no document fixes.
function assumptionTable() {
  const rows = [];
  for (const row of data.parameters) {
    const found = new Map();
    for (const s of shown()) {
      const entry = row.scenarios[s];
      if (!Array.isArray(entry)) continue;
      for (const piece of inForce(entry)) {
        if (piece.standing !== 'assumption') continue;
        const key = `${say(piece.value)}\n${piece.range || ''}\n${piece.article}`;
        if (!found.has(key)) found.set(key, { piece, scenarios: [] });
        const list = found.get(key).scenarios;
        if (!list.includes(s)) list.push(s);
      }
    }
    for (const { piece, scenarios } of found.values()) {
      rows.push(h('tr', {}, h('th', { scope: 'row' }, `${say(row.subject)}${t('colon')}${say(row.name)}`),
        h('td', {}, scenarios.length > 1 && scenarios.length === shown().length ? t('all_shown') : scenarios.map((s) => say(data.scenarios[s].name)).join(t('comma'))),
        h('td', {}, say(piece.value)), h('td', {}, piece.range || '–'), h('td', {}, piece.note || piece.article)));
    }
  }
  if (rows.length === 0) return h('p', {}, t('no_assumptions'));
  return h('details', { class: 'numbers', id: 'assumptions' }, h('summary', {}, t('assumptions_summary', { n: rows.length })),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('assumptions') }, h('table', { class: 'left' }, h('caption', {}, t('assumptions')),
      h('thead', {}, h('tr', {}, [t('parameter'), t('scenario'), t('value'), t('range'), t('why')].map((text) => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, rows))));
}

// How the model's figures are known.
const spread = (low, high) => (low === high ? String(low) : `${low}–${high}`);
function modelTable() {
  const { values, standings } = data.run.model;
  if (values.length === 0) return null;
  const counts = Object.entries(standings)
    .map(([key, words]) => [say(words), values.filter((v) => v.standing === key).length])
    .filter(([, n]) => n > 0).map(([text, n]) => `${text} ${n}`).join(t('comma'));
  const rows = values.map((v) => h('tr', {},
    h('th', { scope: 'row' }, say(v.name), h('small', {}, h('code', {}, breakable(v.path)))),
    h('td', {}, v.choice ? say(v.choice) : spread(v.low, v.high), h('small', {}, say(v.unit))),
    h('td', {}, v.prior_low === null ? '–' : spread(v.prior_low, v.prior_high)),
    h('td', {}, h('b', { class: `mark ${v.standing === 'found' || v.standing === 'derived' ? 'reading' : 'assumption'}` }, say(standings[v.standing]))),
    h('td', {}, v.source || '–')));
  return h('details', { class: 'numbers', id: 'model-figures' }, h('summary', {}, t('model_summary', { n: values.length, counts })),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('model_caption') }, h('table', { class: 'left' }, h('caption', {}, t('model_caption')),
      h('thead', {}, h('tr', {}, [t('parameter'), t('value'), t('prior'), t('standing'), t('source')].map((text) => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, rows))));
}
