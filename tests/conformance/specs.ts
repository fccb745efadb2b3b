// The order matters: specs read the environments when they are defined.
import './environment.ts';
import '@tensorflow/tfjs-core/dist/tests';
