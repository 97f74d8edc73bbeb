/*
 * Lessons and labs in JupyterLab: tabs named after module and kind, a way to the other notebook of
 * the module and to the home page in the toolbar, and nothing unsaved before anything was done.
 */
const KINDS = [
  [/(?:^|\/)course\/(\d\d)_\w+\/lesson\.ipynb$/, 'Lesson'],
  [/(?:^|\/)labs\/(\d\d)_\w+\/\w+\.ipynb$/, 'Lab']
];
const KERNELS_OWN = ['kernelspec', 'language_info'];
const NARROW = 1000; // pixels of the window, below which the side bar leaves too little

/* Names the tab of a document that belongs to the course; other documents keep their file's name. */
export function nameTab(widget, label) {
  if (!widget._onTitleChanged) {
    return; // another JupyterLab: there the tab's name would become the file's
  }
  widget.title.changed.disconnect(widget._onTitleChanged, widget);
  widget.title.label = label;
  // After a change of the path JupyterLab writes the file's name again.
  widget.context.pathChanged.connect(() => (widget.title.label = label));
}

export function kindOf(path) {
  for (const [pattern, kind] of KINDS) {
    const found = path.match(pattern);
    if (found) {
      return { number: found[1], kind };
    }
  }
  return null;
}

/* `goTo(path)` opens a document, `goHome()` the home page; `other(path)` gives the module's other
   notebook; `handIn(panel, number)` hands a lab in. */
export function dressNotebooks(lab, notebooks, { goTo, goHome, other, handIn }) {
  const dress = async panel => {
    const path = panel.context.localPath;
    const found = kindOf(path);
    if (!found) {
      return;
    }
    nameTab(panel, `${found.kind} ${found.number}`);
    const second = found.kind === 'Lab' ? 'Lesson' : 'Lab';
    addButton(panel, 'labkit-home', 'Course home', 'Modules, progress and the next step', goHome);
    addButton(panel, 'labkit-other', second, `${second} of module ${found.number}`, async () => {
      const target = await other(path);
      if (target) {
        goTo(target);
      }
    });
    if (found.kind === 'Lesson') {
      addButton(panel, 'labkit-code', 'Show or hide code', 'Unfold or fold all code cells', () =>
        toggleCode(panel)
      );
    }
    if (found.kind === 'Lab') {
      addButton(panel, 'labkit-hand-in', 'Hand in', 'Save, run from the top, and hand in', () =>
        handIn(panel, found.number)
      );
    }
    await keepClean(panel);
  };
  const addButton = (panel, name, label, tooltip, onClick) =>
    panel.toolbar.addItem(name, new lab.ui.ToolbarButton({ label, tooltip, onClick }));
  notebooks.forEach(panel => void dress(panel));
  notebooks.widgetAdded.connect((_, panel) => void dress(panel));
}

/* Unfolds all code, or folds it where none is folded; looking is no work to be saved. */
function toggleCode({ content, context }) {
  const { dirty } = context.model;
  const code = content.widgets.filter(cell => cell.model.type === 'code');
  const hide = !code.some(cell => cell.inputHidden);
  code.forEach(cell => (cell.inputHidden = hide));
  context.model.dirty = dirty;
}

/* What a kernel says about itself, at any time, is written into the notebook, which is no work to
   be saved. */
async function keepClean(panel) {
  const { context } = panel;
  await context.ready;
  const { model } = context;
  const opened = sources(model);
  const clean = () => {
    if (!panel.isDisposed && sources(model) === opened) {
      model.dirty = false;
    }
  };
  model.metadataChanged.connect((_, { key }) => {
    if (KERNELS_OWN.includes(key)) {
      window.setTimeout(clean, 0);
    }
  });
  await context.sessionContext.ready;
  clean();
}

function sources(model) {
  const cells = Array.from(model.cells, cell => [cell.sharedModel.getSource(), cell.executionCount]);
  return JSON.stringify(cells);
}

/* In a narrow window the side bar starts closed. */
export function startNarrow(app) {
  void app.restored.then(() => {
    if (window.innerWidth < NARROW && app.shell.collapseLeft) {
      app.shell.collapseLeft();
    }
  });
}
