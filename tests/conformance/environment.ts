import '@tensorflow/tfjs-core/dist/index';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { registerOnnxruntime } from '../../main/engine/backend/onnxruntime/index.ts';

/**
 * The environment in which tfjs-core's specs run. Importing our backend also puts Espalier's gradients over tfjs's own, so
 * that the suite judges both. `CONFORMANCE_BACKEND` is replaced when this is bundled.
 */
declare const CONFORMANCE_BACKEND: string;
declare const CONFORMANCE_PROVIDERS: string[];

if (CONFORMANCE_BACKEND === 'onnxruntime')
  registerOnnxruntime({ threads: 2, providers: CONFORMANCE_PROVIDERS });

// The same name for every backend, so that results compare by the specs' full names.
setTestEnvs([{ name: 'tested', backendName: CONFORMANCE_BACKEND, isDataSync: true }]);
