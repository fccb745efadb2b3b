import { ref } from 'vue';

/** How a person looks at networks, at all steps. */
export const networkLook = ref<'table' | 'graph'>('table');
