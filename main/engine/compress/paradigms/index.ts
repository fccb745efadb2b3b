import { Registry } from '../../base/registry.ts';
import { amcParadigm } from './amc.ts';
import { bnScaleParadigm } from './bn-scale.ts';
import { constrainedRlParadigm } from './constrained-rl.ts';
import { eagleEyeParadigm } from './eagle-eye.ts';
import { evolutionarySearch } from './evolutionary-search.ts';
import { forceParadigm } from './force.ts';
import { earlyBirdParadigm } from './early-bird.ts';
import { edgePopupParadigm } from './edge-popup.ts';
import { gibbsParadigm } from './gibbs.ts';
import { graspParadigm } from './grasp.ts';
import { greg1Paradigm } from './greg-1.ts';
import { greg2Paradigm } from './greg-2.ts';
import { impFresh } from './imp-fresh.ts';
import { imp } from './imp.ts';
import { iterativeSnip } from './iterative-snip.ts';
import { lampParadigm } from './lamp.ts';
import { layerFusion } from './layer-fusion.ts';
import { lrRewinding } from './lr-rewinding.ts';
import { magnitudeAtInit } from './magnitude-at-init.ts';
import { magnitudeGradual } from './magnitude-gradual.ts';
import { magnitudeIterative } from './magnitude-iterative.ts';
import { magnitudeOneShot } from './magnitude-one-shot.ts';
import { obdParadigm } from './obd.ts';
import type { Paradigm } from './paradigm.ts';
import { randomErk } from './random-erk.ts';
import { randomTicket } from './random-ticket.ts';
import { randomUniform } from './random-uniform.ts';
import { riglParadigm } from './rigl.ts';
import { sbpParadigm } from './sbp.ts';
import { setParadigm } from './set.ts';
import { supermaskParadigm } from './supermask.ts';
import { snipParadigm } from './snip.ts';
import { synflowParadigm } from './synflow.ts';
import { taylorParadigm } from './taylor.ts';

export const paradigms = new Registry<Paradigm>('paradigm', [
  magnitudeGradual,
  magnitudeOneShot,
  magnitudeIterative,
  lampParadigm,
  taylorParadigm,
  obdParadigm,
  bnScaleParadigm,
  greg1Paradigm,
  greg2Paradigm,
  gibbsParadigm,
  constrainedRlParadigm,
  amcParadigm,
  evolutionarySearch,
  eagleEyeParadigm,
  layerFusion,
  imp,
  lrRewinding,
  impFresh,
  earlyBirdParadigm,
  randomTicket,
  randomUniform,
  randomErk,
  magnitudeAtInit,
  snipParadigm,
  iterativeSnip,
  forceParadigm,
  graspParadigm,
  synflowParadigm,
  sbpParadigm,
  setParadigm,
  riglParadigm,
  supermaskParadigm,
  edgePopupParadigm,
]);
