/* _statistics: the quantile function of the normal distribution, for statistics.NormalDist. */
#include "Python.h"

/* (c[0] r^7 + c[1] r^6 + … + c[7]) */
static double polynomial(const double c[8], double r)
{
    double sum = c[0];
    for (int i = 1; i < 8; i++)
        sum = sum * r + c[i];
    return sum;
}

/* Wichura's algorithm AS241 (PPND16), "The Percentage Points of the Normal Distribution", Applied Statistics 37 (1988):
 * a quotient of polynomials for each of three regions. */
static double standard_quantile(double p)
{
    static const double near_p[] = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                                    45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                                    133.14166789178437745, 3.3871328727963666080};
    static const double near_q[] = {
        5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
        5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0};
    static const double mid_p[] = {7.74545014278341407640e-4, 0.0227238449892691845833, 0.241780725177450611770,
                                   1.27045825245236838258,    3.64784832476320460504,   5.76949722146069140550,
                                   4.63033784615654529590,    1.42343711074968357734};
    static const double mid_q[] = {
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 0.0151986665636164571966, 0.148103976427480074590,
        0.689767334985100004550,   1.67638483018380384940,    2.05319162663775882187,   1.0};
    static const double far_p[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                                   0.0265321895265761230930,  0.296560571828504891230,   1.78482653991729133580,
                                   5.46378491116411436990,    6.65790464350110377720};
    static const double far_q[] = {
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        0.0148753612908506148525,   0.136929880922735805310,   0.599832206555887937690,   1.0};
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return polynomial(near_p, r) * q / polynomial(near_q, r);
    }
    double r = sqrt(-log(q <= 0.0 ? p : 1.0 - p));
    double x = r <= 5.0 ? polynomial(mid_p, r - 1.6) / polynomial(mid_q, r - 1.6)
                        : polynomial(far_p, r - 5.0) / polynomial(far_q, r - 5.0);
    return q < 0.0 ? -x : x;
}

static PyObject *normal_dist_inv_cdf(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    double value[3];
    if (!_PyArg_CheckPositional("_normal_dist_inv_cdf", count, 3, 3))
        return NULL;
    for (int i = 0; i < 3; i++) {
        value[i] = PyFloat_AsDouble(args[i]);
        if (value[i] == -1.0 && PyErr_Occurred())
            return NULL;
    }
    if (value[0] <= 0.0 || value[0] >= 1.0 || value[2] <= 0.0) {
        PyErr_SetString(PyExc_ValueError, "inv_cdf undefined for these parameters");
        return NULL;
    }
    return PyFloat_FromDouble(value[1] + standard_quantile(value[0]) * value[2]);
}

static PyMethodDef methods[] = {{"_normal_dist_inv_cdf", (PyCFunction)(void (*)(void))normal_dist_inv_cdf,
                                 METH_FASTCALL,
                                 "_normal_dist_inv_cdf($module, p, mu, sigma, /)\n--\n\n"
                                 "The value below which a normal variable lies with probability p."},
                                {NULL}};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_statistics", "Accelerators for the statistics module.\n", 0, methods, slots};

PyMODINIT_FUNC PyInit__statistics(void) { return PyModuleDef_Init(&definition); }
