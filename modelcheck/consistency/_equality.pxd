cpdef object exact(value)
