/** Strokes on a 20 x 20 field. */
export const iconPaths = {
  home: 'M3 9.5 10 3.5l7 6M5 8.5V16h10V8.5M8.5 16v-4h3v4',
  plus: 'M10 4v12M4 10h12',
  runs: 'M4 5.5h12M4 10h12M4 14.5h7',
  compare: 'M3.5 16.5h13M5.5 14V9M10 14V4M14.5 14V7',
  sweep: 'M4 4h4v4H4ZM12 4h4v4h-4ZM4 12h4v4H4ZM12 12h4v4h-4Z',
  study: 'M8 3.5h4M8.8 3.5v5L4.5 16.5h11L11.2 8.5v-5M6.8 12.5h6.4',
  settings:
    'M4 6h6M14 6h2M4 14h2M10 14h6M12 4.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6M8 12.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6',
  folder: 'M3 6V15.5H17V7.5H10L8.5 5H3Z',
  file: 'M5 3h6l4 4v10H5ZM11 3v4h4',
  play: 'M6.5 4.5 15 10l-8.5 5.5Z',
  pause: 'M7 5v10M13 5v10',
  stop: 'M5.5 5.5h9v9h-9Z',
  copy: 'M7 7h9v9H7ZM13 7V4H4v9h3',
  check: 'M4 10.5 8.2 14.5 16 6',
  cross: 'M5 5l10 10M15 5 5 15',
  warning: 'M10 3.5 17.5 16.5h-15ZM10 8.5v3.6M10 14.2v.2',
  clock: 'M10 3a7 7 0 1 1 0 14a7 7 0 0 1 0-14M10 6v4l2.8 1.8',
  download: 'M10 3v9M6.3 8.7 10 12.4l3.7-3.7M4 16.5h12',
  save: 'M4 3.5h9.5l3 3V16.5H4ZM7 3.5V8h6V3.5M7 16.5V12h6.5v4.5',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6',
  retry: 'M15.5 10a5.5 5.5 0 1 1-1.7-4M14 2.8V6h-3.2',
  undo: 'M7 4.5 3.5 8 7 11.5M4 8h8a4 4 0 0 1 0 8H8',
  redo: 'M13 4.5 16.5 8 13 11.5M16 8H8a4 4 0 0 0 0 8h4',
  chevron: 'M7.5 5 12.5 10l-5 5',
  search: 'M8.5 3.5a5 5 0 1 1 0 10a5 5 0 0 1 0-10M12.2 12.2 16.5 16.5',
  pencil: 'M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2ZM11.3 6.1l2.6 2.6',
  tag: 'M3.5 3.5h6l7 7-6 6-7-7ZM7 6.8v.2',
  clone: 'M10 16V9M10 12H6.5V7M10 10h3.5V5M6.5 7 5 8.5M6.5 7 8 8.5M13.5 5 12 6.5M13.5 5 15 6.5',
} as const;

export type IconName = keyof typeof iconPaths;
