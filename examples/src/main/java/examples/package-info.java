/** Short programs that each show one use of the library. */
package examples;
