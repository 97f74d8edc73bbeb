/*
 * One module on the home page, and the panel of the next step.
 */
import { bar, count, figure, make, moment } from './dom.js';

const SIGNS = {
  passed: '✔',
  partial: '◐',
  failed: '✘',
  error: '⚠'
};

/* A link that opens a document in this JupyterLab; with a modifier key, as any link does. */
export function opener(actions, path, label, name, properties = {}) {
  return make(
    'a',
    {
      href: actions.address(path),
      'data-key': `${label}:${path}`,
      'aria-label': name === label ? null : name,
      onclick: event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          return;
        }
        event.preventDefault();
        actions.open(path);
      },
      ...properties
    },
    label
  );
}

export function nextStep(home, actions) {
  const panel = make('section', { class: 'lk-next', 'aria-labelledby': 'lk-next' });
  panel.append(make('h2', { id: 'lk-next' }, 'Next step'));
  const step = home.next;
  if (!step) {
    const done = home.modules.some(module => module.state === 'done');
    panel.append(
      make('p', {}, done ? 'You have handed in every lab there is. ' : 'No module is ready yet.')
    );
    return panel;
  }
  const module = home.modules.find(one => one.name === step.module);
  panel.append(
    make(
      'div',
      { class: 'lk-next-words' },
      make('p', { class: 'lk-next-title' }, `${module.number} · ${module.title}`),
      make('p', {}, step.why)
    ),
    opener(actions, step.path, step.action, `${step.action} of module ${module.number}`, {
      class: 'lk-button lk-primary'
    })
  );
  return panel;
}

export function article(module, actions) {
  const id = `lk-${module.name}`;
  return make(
    'article',
    { class: 'lk-module', 'aria-labelledby': id },
    make('span', { class: 'lk-number', 'aria-hidden': 'true' }, module.number),
    make(
      'div',
      { class: 'lk-body' },
      make('h3', { id }, module.title),
      make('p', { class: 'lk-question' }, module.question),
      facts(module),
      progress(module),
      tasks(module)
    ),
    make(
      'div',
      { class: 'lk-actions' },
      opener(actions, module.lesson, 'Lesson', `Lesson of module ${module.number}`, {
        class: 'lk-button'
      }),
      opener(actions, module.lab, 'Lab', `Lab of module ${module.number}`, { class: 'lk-button' })
    )
  );
}

export function planned(module) {
  return make(
    'li',
    {},
    make('span', { class: 'lk-number', 'aria-hidden': 'true' }, module.number),
    make(
      'div',
      { class: 'lk-body' },
      make('h3', {}, module.title),
      make('p', { class: 'lk-question' }, module.question),
      facts(module)
    )
  );
}

function facts(module) {
  const parts = [module.time, count(module.points, 'point', 'points')];
  const before = module.prerequisites.map(one => one.title + (one.done ? ' (done)' : ''));
  if (before.length) {
    parts.push(`builds on ${before.join(', ')}`);
  }
  return make('p', { class: 'lk-facts' }, parts.join(' · '));
}

function progress(module) {
  const words =
    module.tried === 0
      ? module.state === 'new' ? 'Not begun' : 'Lab not begun'
      : `${module.passed} of ${count(module.tasks.length, 'task', 'tasks')} passed · ` +
        `${figure(module.reached)} of ${figure(module.checked_points)} points`;
  const said = [];
  if (module.submitted) {
    said.push(handedIn(module));
  }
  if (module.changed.length) {
    said.push(`Since you last tried: ${module.changed.join('; ')}.`);
  }
  return make(
    'div',
    { class: 'lk-progress' },
    bar(module.reached, module.checked_points, `Progress in module ${module.number}`, words),
    said.map(text => make('p', { class: 'lk-said' }, text))
  );
}

function handedIn(module) {
  const { when, receipt } = module.submitted;
  const since =
    module.when > when ? ' You have checked answers since: hand in again for them to count.' : '';
  return `✔ Handed in ${moment(when)}${receipt ? `, receipt ${receipt}` : ''}.${since}`;
}

function tasks(module) {
  if (module.tried === 0) {
    return null;
  }
  const rows = module.tasks.map(task =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, task.name),
      make('td', {}, `${SIGNS[task.status] || '○'} ${task.status || 'not tried'}`),
      make('td', {}, `${figure(task.best * task.points)} of ${figure(task.points)}`),
      make('td', {}, String(task.tries))
    )
  );
  const heads = ['Task', 'Best outcome', 'Points', 'Tries'];
  const essays = module.essay_points
    ? make('p', {}, `${figure(module.essay_points)} more points are for what you write in words.`)
    : null;
  return make(
    'details',
    { class: 'lk-tasks', 'data-key': `tasks:${module.name}` },
    make('summary', { 'data-key': `summary:${module.name}` }, `Tasks of module ${module.number}`),
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, heads.map(text => make('th', { scope: 'col' }, text)))),
      make('tbody', {}, rows)
    ),
    essays
  );
}
