import type { GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';

/** Images of another size, by the pixel that is nearest or by its neighbours. */
export function resize(mode: 'nearest' | 'linear') {
  return (importer: GraphImporter, node: GraphNode): void => {
    const [height = 0, width = 0] = importer.list(node, 1);
    const corners = node.attrs['align_corners']?.b === true;
    const halves = node.attrs['half_pixel_centers']?.b === true;
    const coordinates = corners ? 'align_corners' : halves ? 'half_pixel' : 'asymmetric';
    const rounding = corners || halves ? 'round_prefer_ceil' : 'floor';
    const attrs = { size: [height, width], mode, coordinates, ...(mode === 'nearest' && { rounding }) };
    importer.add(node, 'Resize', [importer.image(node)], attrs);
  };
}

/** Normalisation over neighbouring channels; TensorFlow counts those on one side, and their sum instead of their mean. */
export function lrn(importer: GraphImporter, node: GraphNode): void {
  const size = 2 * (node.attrs['depth_radius']?.i ?? 5) + 1;
  importer.add(node, 'LRN', [importer.image(node)], {
    size,
    alpha: (node.attrs['alpha']?.f ?? 1) * size,
    beta: node.attrs['beta']?.f ?? 0.5,
    bias: node.attrs['bias']?.f ?? 1,
  });
}
