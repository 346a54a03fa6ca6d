/** Multi-head attention on the Vector API. */
package io.github.maskalign.cpu.vector.attention;
