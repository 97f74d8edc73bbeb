/*
 * Pictures in notebooks, shown with their alternative text. A plot of the course carries it in its
 * output's metadata, where JupyterLab leaves it; here it becomes the `alt` of the image.
 */
export function pictureFactory(lab) {
  class Picture extends lab.rendermime.RenderedImage {
    async render(model) {
      await super.render(model);
      const alt = model.metadata[this.mimeType]?.alt;
      if (typeof alt === 'string') {
        this.node.querySelector('img').alt = alt;
      }
    }
  }
  return {
    safe: true,
    mimeTypes: ['image/png'],
    // JupyterLab's own rank: added later, this one takes the place of its renderer.
    defaultRank: 90,
    createRenderer: options => new Picture(options)
  };
}
