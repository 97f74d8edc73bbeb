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
export function opener(actions, path, label, name, properties = {}, heading = '') {
  return make(
    'a',
    {
      href: actions.address(path) + (heading ? `#${encodeURIComponent(heading)}` : ''),
      'data-key': `${label}:${path}`,
      'aria-label': name === label ? null : name,
      onclick: event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          return;
        }
        event.preventDefault();
        actions.open(path, heading);
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
    const done = home.modules.some(module => module.stage === 'done');
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

export function article(module, actions, instructor) {
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
      // An instructor's own tries are nobody's progress.
      ...(instructor ? [] : [progress(module, actions), tasks(module, actions), results(module, actions)])
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
  const before = module.prerequisites.map(one => one.title + (one.stage === 'not begun' ? '' : ` (${one.stage})`));
  if (before.length) {
    parts.push(`builds on ${before.join(', ')}`);
  }
  if (module.due) {
    parts.push(`due ${moment(module.due)}`);
  }
  return make('p', { class: 'lk-facts' }, parts.join(' · '));
}

function progress(module, actions) {
  const words =
    module.tried === 0
      ? capital(module.stage)
      : `${module.passed} of ${count(module.tasks.length, 'task', 'tasks')} passed · ` +
        `${figure(module.reached)} of ${figure(module.checked_points)} points in practice`;
  const said = [];
  if (module.tried && module.stage === 'done') {
    said.push('✔ Done: every check is passed, and the lab is handed in.');
  }
  if (module.answered) {
    said.push(`Quiz: ${module.right} of ${module.questions.length} answered correctly.`);
  }
  if (module.changed.length) {
    said.push(`Since you last tried: ${module.changed.join('; ')}.`);
  }
  return make(
    'div',
    { class: 'lk-progress' },
    bar(module.reached, module.checked_points, `Progress in module ${module.number}`, words),
    module.submitted ? handedIn(module, actions) : null,
    said.map(text => make('p', { class: 'lk-said' }, text))
  );
}

/* Leads to the task's heading in the lab, in the form that JupyterLab gives its headings. */
function taskLink(module, task, actions) {
  if (!task.heading) {
    return task.title;
  }
  return opener(actions, module.lab, task.title, task.title, {}, task.heading.replaceAll(' ', '-'));
}

function handedIn(module, actions) {
  const { stage, when, receipt, file, since } = module.submitted;
  const packed = stage.startsWith('packed');
  const again = since ? ' The lab has changed since: hand in again for that to count.' : '';
  const words =
    `${packed ? '○' : '✔'} ${capital(stage)}: ${moment(when)}` +
    `${receipt ? `, receipt ${receipt}` : ''}.${again}`;
  if (!packed) {
    return make('p', { class: 'lk-said' }, words);
  }
  return make(
    'div',
    { class: 'lk-said lk-packed' },
    make('p', {}, `${words} Send the zip to your instructor.`),
    make(
      'div',
      { class: 'lk-actions' },
      file
        ? make('a', { class: 'lk-button', href: actions.file(file), download: '' }, 'Download the zip')
        : null,
      make(
        'button',
        {
          class: 'lk-button',
          type: 'button',
          'data-key': `sent:${module.name}`,
          onclick: () => actions.tell({ kind: 'sent', lab: module.name, receipt })
        },
        'I have sent it'
      )
    )
  );
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function tasks(module, actions) {
  if (module.tried === 0) {
    return null;
  }
  const rows = module.tasks.map(task =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, taskLink(module, task, actions)),
      make('td', {}, `${SIGNS[task.status] || '○'} ${task.status || 'not tried'}`),
      make('td', { class: 'lk-figure' }, `${figure(task.best * task.points)} of ${figure(task.points)}`),
      make('td', { class: 'lk-figure' }, String(task.tries))
    )
  );
  const heads = [['Task'], ['Best outcome'], ['Points', 'lk-figure'], ['Tries', 'lk-figure']];
  const essays = module.essay_points
    ? make('p', {}, `A person gives ${figure(module.essay_points)} more points for what you write in words.`)
    : null;
  return folded('tasks', module, `Tasks of module ${module.number}`, heads, rows, essays);
}

/* What came of the work that was graded, once feedback is there. */
function results(module, actions) {
  const found = module.results;
  if (!found) {
    return null;
  }
  const page = opener(actions, found.path, 'Read the feedback', `Read the feedback on module ${module.number}`);
  const received = found.received ? `, received ${moment(found.received)}` : '';
  const rows = found.tasks.map(task =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, task.title),
      make('td', {}, task.outcome),
      make('td', { class: 'lk-figure' }, `${task.points || '–'} of ${task.maximum}`)
    )
  );
  const heads = [['Task'], ['Outcome'], ['Points', 'lk-figure']];
  return make(
    'div',
    { class: 'lk-progress' },
    make('p', { class: 'lk-said' }, make('strong', {}, 'Graded: '), `${found.total}${received}. `, page),
    folded('results', module, `Results of module ${module.number}`, heads, rows)
  );
}

/* A table below a line that opens it. */
function folded(kind, module, title, heads, rows, below = null) {
  return make(
    'details',
    { class: 'lk-tasks', 'data-key': `${kind}:${module.name}` },
    make('summary', { 'data-key': `summary:${kind}:${module.name}` }, title),
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, heads.map(([text, className]) => make('th', { scope: 'col', class: className }, text)))),
      make('tbody', {}, rows)
    ),
    below
  );
}
