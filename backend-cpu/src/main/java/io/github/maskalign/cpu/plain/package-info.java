/** Kernels in plain Java that C2 vectorizes by itself; nothing here needs an incubator module. */
package io.github.maskalign.cpu.plain;
