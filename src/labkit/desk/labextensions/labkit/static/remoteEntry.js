/*
 * The door through which JupyterLab takes in this extension, written by hand in the form of a
 * module-federation container: nothing is built. `plugin.js` says what is registered,
 * `page.js` draws the page.
 */
(() => {
  'use strict';

  const here = new URL('.', document.currentScript.src).href;
  const needed = {
    application: '@jupyterlab/application',
    apputils: '@jupyterlab/apputils',
    coreutils: '@jupyterlab/coreutils',
    docmanager: '@jupyterlab/docmanager',
    docregistry: '@jupyterlab/docregistry',
    launcher: '@jupyterlab/launcher',
    mainmenu: '@jupyterlab/mainmenu',
    notebook: '@jupyterlab/notebook',
    rendermime: '@jupyterlab/rendermime',
    services: '@jupyterlab/services',
    ui: '@jupyterlab/ui-components',
    widgets: '@lumino/widgets'
  };
  let scope = {};

  function newer(a, b) {
    return a.localeCompare(b, undefined, { numeric: true }) > 0;
  }

  // As JupyterLab does for its singletons: the copy that is loaded, else the newest.
  function load(name) {
    const copies = Object.entries(scope[name] || {});
    if (!copies.length) {
      throw new Error(`JupyterLab does not share the module ${name}.`);
    }
    const [, chosen] =
      copies.find(([, copy]) => copy.loaded) ||
      copies.reduce((best, copy) => (newer(copy[0], best[0]) ? copy : best));
    return Promise.resolve(chosen.get()).then(factory => factory());
  }

  async function extension() {
    const [{ plugins }, ...modules] = await Promise.all([
      import(`${here}plugin.js`),
      ...Object.values(needed).map(load)
    ]);
    const lab = Object.fromEntries(Object.keys(needed).map((key, i) => [key, modules[i]]));
    return { __esModule: true, default: plugins(lab) };
  }

  async function style() {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = `${here}style.css`;
    document.head.append(link);
    return {};
  }

  const parts = { './extension': extension, './style': style };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.labkit = {
    init(shared) {
      scope = shared;
    },
    async get(part) {
      const made = await parts[part]();
      return () => made;
    }
  };
})();
