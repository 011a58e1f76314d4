// After a text about what Python does with memory.
// adapted: derived; section 3's Python program in Java, stopped at multiply(), for the third column of the table
public class CallStack {
    static int multiply(int a, int b) {
        for (StackTraceElement e : Thread.currentThread().getStackTrace())
            if (!e.getMethodName().equals("getStackTrace")) System.out.println("frame: " + e.getMethodName());
        int result = a * b;
        return result;
    }
    static int add(int x, int y) {
        int sum = x + y;
        int product = multiply(sum, 2);
        return product;
    }
    static void overflow() { overflow(); }
    public static void main(String[] args) {
        int answer = add(5, 3);
        System.out.println(answer);
        try { overflow(); } catch (StackOverflowError e) { System.out.println("endless recursion ended by: " + e); }
        Integer a = 127, b = 127, c = 128, d = 128;
        System.out.println("Integer cache: 127 " + (a == b) + ", 128 " + (c == d));
    }
}
