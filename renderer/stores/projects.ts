import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Project } from '../../main/contract/api.ts';
import { studio } from '../bridge/index.ts';
import { useLoader } from './loadable.ts';

/** All projects, the youngest first. */
export const useProjects = defineStore('projects', () => {
  const { state, reload } = useLoader(async () => {
    const projects = await studio.call('projects.list', null);
    return [...projects].sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id);
  });
  void reload();
  const list = computed((): readonly Project[] => (state.value.status === 'ready' ? state.value.value : []));
  const find = (id: number) => list.value.find((project) => project.id === id);

  const create = async (name: string): Promise<Project> => {
    const project = await studio.call('projects.create', { name });
    await reload();
    return project;
  };
  const rename = async (id: number, name: string) => {
    await studio.call('projects.rename', { id, name });
    await reload();
  };
  const remove = async (id: number) => {
    await studio.call('projects.remove', { id });
    await reload();
  };
  return { state, list, reload, find, create, rename, remove };
});
