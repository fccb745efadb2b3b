/** How many output channels each layer has, and how many of them are left; unknown of older runs. */
export const layerWidths = `
ALTER TABLE layers ADD COLUMN channels INTEGER;
ALTER TABLE layers ADD COLUMN channels_kept INTEGER;
`;
