/** Writes and reads protobuf's wire format. */
package io.github.maskalign.vit.protobuf;
