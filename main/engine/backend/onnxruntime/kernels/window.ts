import type * as tf from '@tensorflow/tfjs-core';
import { NHWC_OVER_NCHW } from '../layout.ts';

/** Geometry that convolutions and pooling share. */
export type ConvInfo = tf.backend_util.Conv2DInfo;

/** The geometry as ONNX's attributes. */
export function windowAttrs(
  info: ConvInfo,
): Record<'kernel_shape' | 'strides' | 'dilations' | 'pads', number[]> {
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [info.padInfo.top, info.padInfo.left, info.padInfo.bottom, info.padInfo.right],
  };
}

export function outShapeNchw(info: ConvInfo): number[] {
  return [info.batchSize, info.outChannels, info.outHeight, info.outWidth];
}

export function inShapeNchw(info: ConvInfo): number[] {
  return [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
}

/** Rows and columns of the input that no window reaches, because the stride does not divide. */
export function unreached(info: ConvInfo): [number, number] {
  const reach = (out: number, stride: number, kernel: number, before: number, after: number) =>
    (out - 1) * stride + kernel - before - after;
  const { padInfo: pad } = info;
  return [
    info.inHeight - reach(info.outHeight, info.strideHeight, info.effectiveFilterHeight, pad.top, pad.bottom),
    info.inWidth - reach(info.outWidth, info.strideWidth, info.effectiveFilterWidth, pad.left, pad.right),
  ];
}

const IDENTITY = [0, 1, 2, 3];

/** How a tensor of the kernel's data format lies over an NCHW value. */
export function overNchw(format: unknown): readonly number[] {
  return format === 'NCHW' || format === 'channelsFirst' ? IDENTITY : NHWC_OVER_NCHW;
}
