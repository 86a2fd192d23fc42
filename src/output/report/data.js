// SPDX-License-Identifier: GPL-3.0-or-later
// What the page shows: its state, estimates and their units.

const FIRST_SHOWN = 8; // scenarios drawn at first; more can be ticked

const state = {
  lang: data.language,
  year: data.run.years.length - 1,
  per: 'insured', // or 'total'
  group: 'all',
  book: data.baseline, // the scenario whose books are shown in full,
  place: 0, // for the city or a county,
  outcome: 0, // and the outcome whose uncertainty is taken apart
  onlyDifferent: data.scenarios.length > 1,
  shown: new Set(data.scenarios.map((_, i) => i).slice(0, FIRST_SHOWN).concat(data.baseline)),
};

const measureAt = new Map(data.measures.map((m, i) => [m.key, i]));
const groupAt = new Map(data.groups.map((g, i) => [g.key, i]));

const shown = () => data.scenarios.map((_, i) => i).filter((i) => state.shown.has(i));
const compared = () => shown().filter((i) => i !== data.baseline);
const year = () => data.run.years[state.year];

// One estimate: per insured of its group where asked for.
const NORMAL_95 = 1.959963984540054;
const rawCell = (scenario, measure, group) => {
  const cell = data.cells[scenario][state.year][measureAt.get(measure)][groupAt.get(group)];
  return cell === 0 ? [0, 0, 0, 0, 0, 0] : cell;
};
const personsIn = (scenario, group) =>
  rawCell(scenario, 'persons', data.groups[groupAt.get(group)].of_claims ? 'all' : group)[0];

function estimate(scenario, measure, group = 'all', per = state.per) {
  const cell = rawCell(scenario, measure, group);
  if (!cell) return null;
  const share = per === 'insured' && measure !== 'persons'
    && data.measures[measureAt.get(measure)].unit !== 'yuan_per_person';
  const by = share ? personsIn(scenario, group) : 1;
  if (!by) return null;
  const [value, error, lower, upper, difference, differenceError] = cell.map((x) => x / by);
  const half = NORMAL_95 * differenceError;
  return { value, error, lower, upper, difference, half, low: difference - half, high: difference + half };
}

// The unit in which amounts of this size are best read: {scale, digits, name}.
function moneyUnit(values, per = state.per) {
  const most = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  if (per === 'insured') {
    return { scale: 1, digits: most < 10 ? 2 : most < 1000 ? 1 : 0, name: t('unit_yuan') };
  }
  const steps = state.lang === 'zh'
    ? [[1e8, 'unit_100_million'], [1e4, 'unit_10_thousand'], [1, 'unit_yuan']]
    : [[1e9, 'unit_billion'], [1e6, 'unit_million'], [1, 'unit_yuan']];
  const [scale, name] = steps.find(([size]) => most >= size) || steps[steps.length - 1];
  return { scale, digits: scale === 1 ? 0 : most / scale < 10 ? 3 : most / scale < 1000 ? 2 : 1, name: t(name) };
}
const inUnit = (x, unit) => number(x / unit.scale, unit.digits);
const signedIn = (x, unit) => signed(x / unit.scale, unit.digits);

// What a measure is written in: yuan, counts, shares of the group.
function measureUnit(measure, values) {
  const info = data.measures[measureAt.get(measure)];
  if (info.unit === 'yuan_per_person') return moneyUnit(values, 'insured');
  if (info.unit === 'yuan') return moneyUnit(values);
  if (state.per === 'insured' && ['winners', 'losers'].includes(measure)) {
    return { scale: 0.01, digits: 1, name: '%' };
  }
  return { scale: 1, digits: state.per === 'insured' && measure !== 'persons' ? 2 : 0, name: t(measure === 'visits' ? 'unit_visits' : 'unit_persons') };
}
