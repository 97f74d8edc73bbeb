/*
 * Keeps in the progress file that a lesson was begun, and that it was run to its end: when a cell
 * has run, and when no code cell is left that has not. The server knows which files are lessons.
 */
const LESSON = /(^|\/)lesson\.ipynb$/;

export function watchLessons(lab, notebooks, connection) {
  const told = new Set(); // what this page has told already, so that each is told once
  const tell = async (path, state) => {
    const event = `${state}:${path}`;
    if (told.has(event)) {
      return;
    }
    told.add(event);
    try {
      await connection.tell({ kind: 'lesson', path, state });
    } catch {
      told.delete(event); // the next cell tells it again; a lesson is never stopped for this
    }
  };
  lab.notebook.NotebookActions.executed.connect((_, { notebook, success }) => {
    const panel = notebooks.find(one => one.content === notebook);
    const path = panel ? panel.context.localPath : '';
    if (!success || !LESSON.test(path)) {
      return;
    }
    const code = notebook.widgets.filter(
      cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim()
    );
    void tell(path, 'begun');
    if (code.every(cell => cell.model.executionCount !== null)) {
      void tell(path, 'read');
    }
  });
}
