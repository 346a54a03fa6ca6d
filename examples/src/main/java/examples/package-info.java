/** Short programs, each of which shows one use of the library. */
package examples;
