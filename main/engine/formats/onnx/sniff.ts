/**
 * First bytes of the fields of a ModelProto (onnx.proto3): ir_version, producer_name, producer_version, domain,
 * model_version, doc_string, graph, opset_import, metadata_props.
 */
const FIRST_BYTES = [0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72];

/** Whether a file may be an ONNX model: the format has no mark of its own. Apart, so that asking loads nothing else. */
export function looksLikeOnnx(head: Uint8Array): boolean {
  // A .safetensors file may begin with the same byte: its header's length. Its ninth byte opens the header.
  const safetensors = head[6] === 0 && head[7] === 0 && head[8] === 0x7b;
  return FIRST_BYTES.includes(head[0] ?? 0) && !safetensors;
}
