/** Protocol buffers' wire format, as far as writing needs it. */
package io.github.maskalign.vit.protobuf;
