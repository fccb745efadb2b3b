/** Registers the gradients of all kernels that networks are made of. */
import './conv.ts';
import './elementwise.ts';
import './matmul.ts';
import './normalise.ts';
import './pool.ts';
import './reduce.ts';
import './shape.ts';
