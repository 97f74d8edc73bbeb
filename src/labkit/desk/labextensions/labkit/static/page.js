/*
 * The whole home page. `show` draws what the server gave; where the page is drawn again, focus,
 * opened details and the place where the reader was stay.
 */
import { Cohort } from './cohort.js';
import { bar, count, figure, make } from './dom.js';
import { article, nextStep, planned } from './module.js';

const DISMISSED = 'labkit-home-dismissed';

export class Page {
  /* `actions`: open(path), address(path), file(path), tell(event), save(), restore(file), plain(),
     and what cohort.js needs. */
  constructor(node, actions) {
    this.actions = actions;
    this.home = null;
    this.cohort = null;
    this.trouble = make('p', { class: 'lk-notice', role: 'alert', hidden: '' });
    this.body = make('div', {});
    // Both outlive every drawing, so that a screen reader hears what is written into them.
    this.keep = this.keeping();
    node.append(make('div', { class: 'lk-page' }, this.trouble, this.body));
  }

  show(home) {
    const seen = this.remember();
    this.home = home;
    this.trouble.hidden = true;
    const available = home.modules.filter(module => module.lesson);
    const later = home.modules.filter(module => !module.lesson);
    this.body.replaceChildren(
      // No <main>: JupyterLab's dock panel already is the main landmark.
      make(
        'section',
        { 'aria-labelledby': 'lk-title' },
        header(home),
        this.notices(home),
        ...(home.instructor ? [this.instructors().node] : [nextStep(home, this.actions)]),
        section('lk-modules', 'Modules', this.modules(available)),
        home.board ? section('lk-board', 'Class', board(home)) : null,
        home.instructor ? null : this.keep,
        home.instructor ? null : section('lk-help', 'Help', help(home)),
        later.length
          ? section('lk-later', 'To come', make('ul', { class: 'lk-later' }, later.map(planned)))
          : null
      )
    );
    this.recall(seen);
  }

  /* How the cohort stands, where an instructor is logged in; made once. */
  instructors() {
    if (!this.cohort) {
      this.cohort = new Cohort(this.actions);
      void this.cohort.refresh();
    }
    return this.cohort;
  }

  /* What was shown stays; where nothing was shown yet, the file itself is. */
  async showTrouble(sentence) {
    this.trouble.textContent = sentence;
    this.trouble.hidden = false;
    if (!this.home && !this.body.hasChildNodes()) {
      this.body.append(await this.actions.plain());
    }
  }

  modules(available) {
    return make(
      'ul',
      { class: 'lk-modules' },
      available.map(module => make('li', {}, article(module, this.actions, this.home.instructor)))
    );
  }

  notices(home) {
    const dismissed = readDismissed();
    const told = home.notices.filter(notice => !dismissed.has(notice.id));
    return told.map(notice =>
      make(
        'div',
        { class: 'lk-notice', role: 'alert' },
        make('p', {}, notice.text),
        make(
          'button',
          {
            class: 'lk-button',
            type: 'button',
            'data-key': `dismiss:${notice.id}`,
            onclick: () => {
              dismiss(notice.id);
              this.show(this.home);
            }
          },
          'I have read this'
        )
      )
    );
  }

  keeping() {
    const said = make('p', { role: 'status', class: 'lk-said' });
    const tell = async step => {
      said.textContent = '';
      try {
        said.textContent = await step();
      } catch (trouble) {
        said.textContent = trouble.message;
      }
    };
    const chooser = make('input', {
      type: 'file',
      accept: '.json,application/json',
      hidden: '',
      onchange: () => {
        const [file] = chooser.files;
        if (file) {
          tell(async () => {
            await this.actions.restore(file);
            return `Restored from ${file.name}. Of each task the better outcome was kept.`;
          });
        }
        chooser.value = '';
      }
    });
    const save = () =>
      tell(async () => `Saved as ${await this.actions.save()} among your downloads.`);
    return section(
      'lk-keep',
      'Keep your progress',
      make(
        'p',
        {},
        'On Binder everything is forgotten when a session ends, also after ten idle minutes. ' +
          'Save your progress to a file, and restore it next time. Save your notebooks too.'
      ),
      make(
        'div',
        { class: 'lk-actions' },
        make('button', { type: 'button', class: 'lk-button', onclick: save }, 'Save progress'),
        make(
          'button',
          { type: 'button', class: 'lk-button', onclick: () => chooser.click() },
          'Restore progress…'
        ),
        chooser
      ),
      said
    );
  }

  remember() {
    const active = document.activeElement;
    const opened = this.body.querySelectorAll('details[open]');
    return {
      active: this.body.contains(active) ? active : null,
      opened: [...opened].map(details => details.dataset.key)
    };
  }

  recall({ active, opened }) {
    // Where the reader has gone on to a notebook meanwhile, the focus is not fetched back.
    const here = this.body.getClientRects().length && document.activeElement === document.body;
    for (const element of this.body.querySelectorAll('[data-key]')) {
      if (opened.includes(element.dataset.key)) {
        element.open = true;
      }
      if (here && active && active.dataset.key === element.dataset.key) {
        element.focus({ preventScroll: true });
      }
    }
    if (here && active && this.body.contains(active)) {
      active.focus({ preventScroll: true });
    }
  }
}

/* On a hub: the way to the class's page. */
function board(home) {
  const words = home.instructor
    ? 'Who wants to, shows you while working which tasks are passed and which are being tried: '
    : 'Your instructor sees nothing of your work before you hand it in, unless you want that: ';
  const link = make('a', { href: home.board, target: '_blank', rel: 'noopener' }, 'the page of the class');
  return make('p', {}, words, link, '.');
}

/* What the words of a check mean, whom to ask, and how to report a check. */
function help(home) {
  const meanings = [
    ['✔ passed', 'Your answer does what the task asks, on your practice instance.'],
    ['◐ partial', 'A part of it does; the card says which case is short.'],
    ['✘ failed', 'It runs, and does something else. A known trap is named where one fits.'],
    ['○ not attempted', 'There is no answer yet, or its cell has not run.'],
    ['⚠ error', 'Your answer could not be used: it raised an error, or gave something else than asked.']
  ];
  return [
    make(
      'details',
      { 'data-key': 'help:words' },
      make('summary', { 'data-key': 'help:words:summary' }, 'What a check says'),
      make(
        'dl',
        { class: 'lk-meanings' },
        meanings.flatMap(([word, meaning]) => [make('dt', {}, word), make('dd', {}, meaning)])
      ),
      make(
        'p',
        {},
        'Points in a notebook are points in practice. At grading every check runs again on another ' +
          'instance, and a person reads what you wrote in words.'
      )
    ),
    make('p', {}, make('strong', {}, 'Whom to ask: '), home.help || 'your instructor.'),
    make(
      'p',
      {},
      make('strong', {}, 'A check seems wrong: '),
      'run ',
      make('code', {}, 'lab.report("task", answer)'),
      ' in the lab, with what you gave to the check. It packs the instance, your answer, what the ' +
        'check said and the versions into a file. Send that file.'
    )
  ];
}

/* What the reader has read; where the browser keeps nothing, or nonsense, it is told again. */
function readDismissed() {
  try {
    return new Set(JSON.parse(window.localStorage.getItem(DISMISSED) || '[]'));
  } catch {
    return new Set();
  }
}

/* Read anew, since another tab may have written meanwhile. */
function dismiss(id) {
  try {
    window.localStorage.setItem(DISMISSED, JSON.stringify([...readDismissed(), id]));
  } catch {
    // The browser's store is full or closed: the notice stays.
  }
}

function header(home) {
  const { reached, points, passed, tasks } = home.total;
  const words =
    `${passed} of ${count(tasks, 'task', 'tasks')} passed · ` +
    `${figure(reached)} of ${figure(points)} points`;
  return make(
    'header',
    { class: 'lk-header' },
    make('h1', { id: 'lk-title' }, home.title),
    make('p', { class: 'lk-introduction' }, home.introduction),
    tasks && !home.instructor ? bar(reached, points, 'Progress in the whole course', words) : null
  );
}

function section(id, title, ...children) {
  return make(
    'section',
    { class: 'lk-section', 'aria-labelledby': id },
    make('h2', { id }, title),
    ...children
  );
}
