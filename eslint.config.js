import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import ts from 'typescript-eslint';

/** Who may import whom: the folders of `main` are layers, and arrows point one way (ARCHITECTURE.md). */
const layers = [
  {
    files: ['main/contract/**'],
    forbid: ['../*/**', '!../contract/**', 'electron', 'better-sqlite3', 'onnxruntime-node'],
  },
  {
    files: ['main/words/**'],
    forbid: ['../*/**', '!../contract/**', 'electron', 'better-sqlite3', 'onnxruntime-node', 'node:*'],
  },
  {
    files: ['main/engine/**'],
    forbid: [
      'electron',
      'better-sqlite3',
      '**/shell/**',
      '**/store/**',
      '**/jobs/**',
      '**/ipc/**',
      '**/serve/**',
    ],
  },
  {
    files: ['main/files/**'],
    forbid: [
      'electron',
      'better-sqlite3',
      '**/shell/**',
      '**/engine/**',
      '**/store/**',
      '**/jobs/**',
      '**/ipc/**',
      '**/serve/**',
    ],
  },
  {
    files: ['main/store/**'],
    forbid: ['electron', '**/shell/**', '**/engine/**', '**/jobs/**', '**/ipc/**', '**/serve/**'],
  },
  {
    files: ['main/jobs/**'],
    forbid: ['electron', 'better-sqlite3', '**/shell/**', '**/engine/**', '**/ipc/**', '**/serve/**'],
  },
  { files: ['main/ipc/**', 'main/serve/**'], forbid: ['electron', 'better-sqlite3', '**/shell/**'] },
  {
    files: ['renderer/**'],
    forbid: [
      'electron',
      'better-sqlite3',
      'node:*',
      '**/main/engine/**',
      '**/main/store/**',
      '**/main/jobs/**',
      '**/main/ipc/**',
      '**/main/shell/**',
      '**/main/serve/**',
      '**/main/files/**',
    ],
  },
];

/** The rooms of the engine, from the ground floor up; a row is one floor. */
const floors = [
  ['base'],
  ['protobuf', 'gradients'],
  ['network'],
  ['data', 'zoo', 'backend'],
  ['formats', 'compress'],
  ['train', 'evaluate'],
  ['report', 'recipe', 'sweep', 'search', 'speed'],
  ['run', 'study'],
  ['ask'],
  ['process'],
];

/** What a room of the engine may not import: by the engine's rule, and every room on a higher floor. */
const rooms = floors.flatMap((names, floor) =>
  names.map((name) => ({
    files: [`main/engine/${name}/**`],
    forbid: [...(layers.find(({ files }) => files.includes('main/engine/**'))?.forbid ?? [])],
    higher: floors.slice(floor + 1).flat(),
  })),
);

export default ts.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'coverage/**', 'runs/**'] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', '**/*.vue'] })),
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        project: ['./tsconfig.json', './renderer/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-undef': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/require-await': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
    },
  },
  { files: ['tests/**', 'bench/**', 'main/cli.ts', 'main/cli/**'], rules: { 'no-console': 'off' } },
  ...layers.map(({ files, forbid }) => ({
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: forbid, message: 'A layer may not import this: see ARCHITECTURE.md.' }] },
      ],
    },
  })),
  ...rooms.map(({ files, forbid, higher }) => ({
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: forbid, message: 'A layer may not import this: see ARCHITECTURE.md.' },
            ...(higher.length === 0
              ? []
              : [
                  {
                    // Out of the own room and into the other: a room may have a folder of another's name inside.
                    regex: `^(\\.\\./)+(${higher.join('|')})/`,
                    message: 'This room of the engine is on a higher floor: see ARCHITECTURE.md.',
                  },
                ]),
          ],
        },
      ],
    },
  })),
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        require: 'readonly',
        process: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        URL: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
  prettier,
);
