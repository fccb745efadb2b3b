/** All kernels that have an ONNX form; each file defines one family when it is imported. */
import './binary.ts';
import './conv.ts';
import './depthwise.ts';
import './matmul.ts';
import './normalise.ts';
import './pool.ts';
import './reduce.ts';
import './search.ts';
import './shape.ts';
import './unary.ts';
