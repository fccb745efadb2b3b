/** For tools that read TypeScript only, such as ESLint; vue-tsc reads the files themselves. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent;
  export default component;
}
