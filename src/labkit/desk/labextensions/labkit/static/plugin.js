/*
 * What the extension registers: the file type HOME.md with its viewer, a command, a launcher card
 * and a palette entry; and pictures with their alternative text. Drawing is left to page.js and
 * pictures.js, talking with the server to connection.js.
 */
import { Connection } from './connection.js';
import { Page } from './page.js';
import { keepInFront } from './front.js';
import { handIn } from './handin.js';
import { watchLessons } from './lessons.js';
import { dressNotebooks, kindOf, nameTab, startNarrow } from './notebooks.js';
import { pictureFactory } from './pictures.js';
import { questionFactory } from './questions.js';
import { mendLostWidgets } from './widgets.js';

const FILE_TYPE = 'labkit-home';
const FACTORY = 'Course home';
const COMMAND = 'labkit:open-home';
const REPORT = 'labkit:report';
const EVERY = 4000; // milliseconds between two questions to the server while the page is seen
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
  '<path class="jp-icon3" fill="#616161" d="M12 3 1 9l11 6 9-4.9V17h2V9zM5 13.2v4L12 21l7-3.8v-4L12 17z"/>' +
  '</svg>';

/* The page in JupyterLab's main area: fetches while it is seen, and when it comes back. */
function homeWidget(lab, context, open, rendermime) {
  class Home extends lab.widgets.Widget {
    constructor() {
      super();
      this.addClass('labkit-home');
      this.node.tabIndex = -1;
      this.connection = new Connection(lab, context.localPath);
      this.page = new Page(this.node, {
        open,
        address: path => lab.coreutils.URLExt.join(
          lab.coreutils.PageConfig.getBaseUrl(), 'lab/tree', lab.coreutils.URLExt.encodeParts(path)
        ),
        file: path => lab.coreutils.URLExt.join(
          lab.coreutils.PageConfig.getBaseUrl(), 'files',
          lab.coreutils.URLExt.encodeParts(this.folder + path)
        ),
        link: path => lab.coreutils.URLExt.join(lab.coreutils.PageConfig.getBaseUrl(), path),
        cohort: jobAlone => this.connection.cohort(jobAlone),
        command: (action, name) => this.connection.command(action, name),
        tell: event => this.connection.tell(event).finally(() => this.refresh()),
        save: () => this.connection.save(),
        restore: file => this.connection.restore(file).finally(() => this.refresh()),
        plain: () => this.plain()
      });
      this.folder = context.localPath.replace(/[^/]*$/, '');
      this.look = () => this.refresh();
      this.tick = () => this.connection.absent || this.refresh();
    }

    onAfterAttach() {
      window.addEventListener('focus', this.look);
      document.addEventListener('visibilitychange', this.look);
      this.timer = window.setInterval(this.tick, EVERY);
      this.refresh();
    }

    onBeforeDetach() {
      window.removeEventListener('focus', this.look);
      document.removeEventListener('visibilitychange', this.look);
      window.clearInterval(this.timer);
    }

    onAfterShow() {
      this.refresh();
      void this.page.cohort?.refresh();
    }

    onActivateRequest() {
      this.node.focus({ preventScroll: true });
    }

    async refresh() {
      if (this.isDisposed || !this.isVisible || document.hidden || this.asking) {
        return;
      }
      this.asking = true;
      try {
        const answer = await this.connection.home();
        if (answer.changed && !this.isDisposed) {
          this.page.show(answer.home);
        }
      } catch (trouble) {
        this.page.showTrouble(trouble.message);
      } finally {
        this.asking = false;
      }
    }

    /* The file itself, drawn by JupyterLab's own Markdown viewer. */
    async plain() {
      await context.ready;
      const renderer = rendermime
        .clone({ resolver: context.urlResolver })
        .createRenderer('text/markdown');
      await renderer.renderModel(
        rendermime.createModel({ data: { 'text/markdown': context.model.toString() } })
      );
      return renderer.node;
    }
  }
  return new Home();
}

function homeFactory(lab, open, rendermime) {
  class HomeFactory extends lab.docregistry.ABCWidgetFactory {
    createNewWidget(context) {
      const content = homeWidget(lab, context, open, rendermime);
      const document = new lab.docregistry.DocumentWidget({ content, context });
      document.toolbar.hide();
      return document;
    }
  }
  return new HomeFactory({
    name: FACTORY,
    modelName: 'text',
    fileTypes: [FILE_TYPE],
    defaultFor: [FILE_TYPE],
    readOnly: true
  });
}

function activate(lab, app, documents, rendermime, palette, launcher, restorer) {
  const icon = new lab.ui.LabIcon({ name: 'labkit:home', svgstr: ICON });
  const registry = app.docRegistry;
  const tracker = new lab.apputils.WidgetTracker({ namespace: FILE_TYPE });
  const open = async (path, heading = '') => {
    const widget = documents.openOrReveal(path);
    if (widget && heading) {
      await widget.context.ready;
      await widget.revealed;
      widget.setFragment(`#${heading}`);
    }
  };
  const factory = homeFactory(lab, open, rendermime);
  keepInFront(lab, app);

  registry.addFileType({
    name: FILE_TYPE,
    displayName: 'Course home',
    pattern: '^HOME\\.md$',
    mimeTypes: ['text/markdown'],
    extensions: [],
    contentType: 'file',
    fileFormat: 'text',
    icon
  });
  registry.addWidgetFactory(factory);
  // Where another viewer is set for all Markdown, this page stays the viewer of HOME.md.
  registry.setDefaultWidgetFactory(FILE_TYPE, FACTORY);
  factory.widgetCreated.connect((_, widget) => {
    widget.title.icon = icon;
    nameTab(widget, 'Course home');
    widget.context.pathChanged.connect(() => void tracker.save(widget));
    void tracker.add(widget);
  });
  if (restorer) {
    void restorer.restore(tracker, {
      command: 'docmanager:open',
      args: widget => ({ path: widget.context.path, factory: FACTORY }),
      name: widget => widget.context.path
    });
  }
  app.commands.addCommand(COMMAND, {
    label: 'Course home',
    caption: 'Modules, your progress and the next step',
    icon,
    execute: async () => {
      const seen = tracker.currentWidget;
      if (seen) {
        app.shell.activateById(seen.id);
        return seen;
      }
      return documents.openOrReveal(await new Connection(lab, '').where(), FACTORY);
    }
  });
  if (palette) {
    palette.addItem({ command: COMMAND, category: 'Course' });
  }
  if (launcher) {
    launcher.add({ command: COMMAND, category: 'Other', rank: 0 });
  }
}

/* Where an instructor is logged in: the report on the cohort, in the View menu and the palette. */
function offerReport(lab, app, palette, menu) {
  if (lab.coreutils.PageConfig.getOption('labkitInstructor') !== 'true') {
    return;
  }
  app.commands.addCommand(REPORT, {
    label: 'Report on the cohort',
    caption: 'Points, tasks and misconceptions, from the gradebook as it is now',
    execute: () => {
      const base = lab.coreutils.PageConfig.getBaseUrl();
      window.open(lab.coreutils.URLExt.join(base, 'labkit/report'), '_blank', 'noopener');
    }
  });
  palette?.addItem({ command: REPORT, category: 'Course' });
  menu?.viewMenu.addGroup([{ command: REPORT }], 100);
}

/* The lesson of a lab's module, or the lab of a lesson's, as the server knows them. */
async function otherNotebook(lab, path) {
  const { home } = await new Connection(lab, '').home();
  const { number, kind } = kindOf(path);
  const module = home.modules.find(one => one.number === number);
  const target = kind === 'Lab' ? module?.lesson : module?.lab;
  return target && (home.folder === '.' ? target : `${home.folder}/${target}`);
}

export function plugins(lab) {
  return [
    {
      id: 'labkit:home',
      description: 'Opens HOME.md as the home page of the course.',
      autoStart: true,
      requires: [lab.docmanager.IDocumentManager, lab.rendermime.IRenderMimeRegistry],
      optional: [
        lab.apputils.ICommandPalette,
        lab.launcher.ILauncher,
        lab.application.ILayoutRestorer
      ],
      activate: (app, ...services) => activate(lab, app, ...services)
    },
    {
      id: 'labkit:pictures',
      description: 'Shows pictures in notebooks with their alternative text.',
      autoStart: true,
      requires: [lab.rendermime.IRenderMimeRegistry],
      activate: (app, rendermime) => rendermime.addFactory(pictureFactory(lab))
    },
    {
      id: 'labkit:questions',
      description: 'Lets a click answer a question of the course.',
      autoStart: true,
      requires: [lab.rendermime.IRenderMimeRegistry],
      activate: (app, rendermime) =>
        rendermime.addFactory(questionFactory(lab, new Connection(lab, '')))
    },
    {
      id: 'labkit:report',
      description: "Opens the report on the cohort from an instructor's menu.",
      autoStart: true,
      optional: [lab.apputils.ICommandPalette, lab.mainmenu.IMainMenu],
      activate: (app, palette, menu) => {
        void app.restored.then(() => offerReport(lab, app, palette, menu));
      }
    },
    {
      id: 'labkit:lessons',
      description: 'Keeps which lessons were begun and run to their end.',
      autoStart: true,
      requires: [lab.notebook.INotebookTracker],
      activate: (app, notebooks) => watchLessons(lab, notebooks, new Connection(lab, ''))
    },
    {
      id: 'labkit:notebooks',
      description: 'Names the tabs of lessons and labs, and leads from one to the other.',
      autoStart: true,
      requires: [lab.docmanager.IDocumentManager, lab.notebook.INotebookTracker],
      activate: (app, documents, notebooks) => {
        startNarrow(app);
        mendLostWidgets(lab, app, notebooks);
        dressNotebooks(lab, notebooks, {
          goTo: path => documents.openOrReveal(path),
          goHome: () => app.commands.execute(COMMAND),
          other: path => otherNotebook(lab, path),
          handIn: (panel, number) => handIn(lab, panel, number, new Connection(lab, ''))
        });
      }
    }
  ];
}
