/*
 * What somebody brought to the front stays there. JupyterLab opens the document of its address at
 * the end of its start: on a slow machine that is seconds after the restored pages can be used, and
 * would cover the notebook that was opened meanwhile.
 */
const LAST_STEP = 'filebrowser:open-path';

export function keepInFront(lab, app) {
  const address = lab.coreutils.PageConfig.getOption('treePath');
  let touched = false; // before the first click or key it is the restored layout that comes
  let chosen = null;
  const touch = () => (touched = true);
  const choose = (_, { newValue }) => {
    if (touched && newValue?.context?.path !== address) {
      chosen = newValue;
    }
  };
  const started = (_, { id, args, result }) => {
    if (id === LAST_STEP && args.path === address) {
      app.commands.commandExecuted.disconnect(started);
      void result.finally(() => {
        app.shell.currentChanged.disconnect(choose);
        if (chosen && !chosen.isDisposed) {
          app.shell.activateById(chosen.id);
        }
      });
    }
  };
  if (address && app.shell.currentChanged) {
    document.addEventListener('pointerdown', touch, { capture: true, once: true });
    document.addEventListener('keydown', touch, { capture: true, once: true });
    app.shell.currentChanged.connect(choose);
    app.commands.commandExecuted.connect(started);
  }
}
