//! `Event`: a class whose objects are as cheap as one of `CPython` can be.
//!
//! What an event costs in Python is the making of its objects, so this one is made by hand: six references behind the head of
//! an object, and no more. The garbage collector does not know of it, for it refers to nothing but `str`, `bytes`, `int`
//! and `None`, and so is in no cycle. Its fields are plain members, which the interpreter reads without a call.
//! Everything else that an event can do is written in Python, and given to the class before anybody sees it. (Were the class
//! derived from one of Python's, the garbage collector would know of it: measured, an event then takes up to twice as long.)
//!
//! What the `unsafe` code relies on is the layout of [`Object`], which nobody else makes or changes.

use std::ffi::{CStr, c_int, c_void};
use std::mem::offset_of;
use std::ptr;

use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyString, PyType};

/// What an event is made of.
#[derive(Debug)]
pub struct Fields<'py> {
    /// The type.
    pub event: Bound<'py, PyString>,
    /// The data, with U+FFFD for what is not UTF-8.
    pub data: Bound<'py, PyString>,
    /// The id that the event itself has set: a `str`, or `None`.
    pub id: Option<Bound<'py, PyString>>,
    /// The last event ID at the event.
    pub last_event_id: Bound<'py, PyString>,
    /// Milliseconds.
    pub retry: Option<u64>,
    /// The data as the stream held it, if it is not UTF-8.
    pub raw: Option<Bound<'py, PyBytes>>,
}

/// The layout of an event.
#[repr(C)]
struct Object {
    head: ffi::PyObject,
    fields: References,
}

/// What an event refers to. Each field owns a reference, or is NULL where that is said; it does not change until the object is
/// deallocated. All of them are NULL in an object that `object.__new__(Event)` has made, which has no fields to Python.
#[repr(C)]
struct References {
    event: *mut ffi::PyObject,
    data: *mut ffi::PyObject,
    last_event_id: *mut ffi::PyObject,
    /// NULL for none.
    id: *mut ffi::PyObject,
    /// NULL for none.
    retry: *mut ffi::PyObject,
    /// `bytes`; NULL for none.
    raw: *mut ffi::PyObject,
}

/// The class, for making events.
#[derive(Clone, Copy, Debug)]
pub struct Class<'py>(Borrowed<'static, 'py, PyType>);

impl<'py> Class<'py> {
    /// The class `Event`, which is made at the first call.
    ///
    /// # Errors
    ///
    /// Whatever Python has against making it.
    pub fn get(py: Python<'py>) -> PyResult<Self> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        Ok(Self(CLASS.get_or_try_init(py, || make_class(py))?.bind_borrowed(py)))
    }

    /// The class as an object.
    pub fn object(&self) -> Borrowed<'static, 'py, PyType> {
        self.0
    }

    /// An event.
    ///
    /// # Errors
    ///
    /// `MemoryError`.
    #[inline]
    pub fn make(&self, fields: Fields<'py>) -> PyResult<Bound<'py, PyAny>> {
        let Self(class) = *self;
        let py = class.py();
        let Fields { event, data, id, last_event_id, retry, raw } = fields;
        let retry = retry.map(|milliseconds| milliseconds.into_pyobject(py)).transpose()?;
        // SAFETY: The thread is attached to the interpreter, as `py` shows.
        let memory = unsafe { ffi::PyObject_Malloc(size_of::<Object>()) }.cast::<Object>();
        if memory.is_null() {
            return Err(PyMemoryError::new_err(()));
        }
        // SAFETY: The memory is as large as an object of the class, aligned for any, and not yet seen by anybody. The
        // class is a heap type, to which this takes the reference that `deallocate` gives back.
        unsafe { ffi::PyObject_Init(memory.cast(), class.as_ptr().cast()) };
        let references = References {
            event: event.into_ptr(),
            data: data.into_ptr(),
            last_event_id: last_event_id.into_ptr(),
            id: id.map_or(ptr::null_mut(), Bound::into_ptr),
            retry: retry.map_or(ptr::null_mut(), Bound::into_ptr),
            raw: raw.map_or(ptr::null_mut(), Bound::into_ptr),
        };
        // SAFETY: As before. No reference is made to what is not initialised.
        let place = unsafe { &raw mut (*memory).fields };
        // SAFETY: As before. The head is left alone.
        unsafe { place.write(references) };
        // SAFETY: The object is whole, and its one reference is nobody else's.
        Ok(unsafe { Bound::from_owned_ptr(py, memory.cast()) })
    }
}

/// Gives back what an event refers to, and its memory.
///
/// # Safety
///
/// To be called by Python alone, with an event to which there is no reference any more.
unsafe extern "C" fn deallocate(this: *mut ffi::PyObject) {
    let event = this.cast::<Object>();
    // SAFETY: It is an event, by the contract.
    let References { event, data, last_event_id, id, retry, raw } = unsafe { &(*event).fields };
    for field in [event, data, last_event_id, id, retry, raw] {
        // SAFETY: The field is NULL or owns a reference, which is not used again.
        unsafe { ffi::Py_XDECREF(*field) };
    }
    // SAFETY: Every object has a class.
    let class = unsafe { ffi::Py_TYPE(this) };
    // SAFETY: It is memory from `PyObject_Malloc`.
    unsafe { ffi::PyObject_Free(this.cast()) };
    // SAFETY: The object owned a reference to its class.
    unsafe { ffi::Py_DECREF(class.cast()) };
}

/// One of the fields that may be NULL, which is `None` to Python. `place` is where it lies in the object.
///
/// # Safety
///
/// To be called by Python alone, with an event, and with what `make_class` has said.
unsafe extern "C" fn get(this: *mut ffi::PyObject, place: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: The object is an event, and the place that of a field, by the contract.
    let field = unsafe { this.byte_add(place.addr()) }.cast::<*mut ffi::PyObject>();
    // SAFETY: As before.
    let value = unsafe { *field };
    // SAFETY: The thread is attached to the interpreter, by the contract.
    let value = if value.is_null() { unsafe { ffi::Py_None() } } else { value };
    // SAFETY: It is an object, and the event still owns a reference to it.
    unsafe { ffi::Py_NewRef(value) }
}

/// Lends the data as bytes: those of the stream, or else the UTF-8 of the text, which for ASCII is the text's own memory.
///
/// # Safety
///
/// To be called by Python alone, with an event and a buffer to be filled.
unsafe extern "C" fn lend(this: *mut ffi::PyObject, view: *mut ffi::Py_buffer, flags: c_int) -> c_int {
    let event = this.cast::<Object>();
    // SAFETY: It is an event, by the contract.
    let References { data, raw, .. } = unsafe { &(*event).fields };
    if !raw.is_null() {
        // SAFETY: It is `bytes`, which lend what they hold, and stay as long as the view holds them.
        return unsafe { ffi::PyObject_GetBuffer(*raw, view, flags) };
    }
    if data.is_null() {
        // SAFETY: A view that is not filled in holds nothing.
        unsafe { (*view).obj = ptr::null_mut() };
        // SAFETY: The thread is attached to the interpreter, by the contract.
        let class = unsafe { ffi::PyExc_BufferError };
        // SAFETY: As before, and the text ends with NUL.
        unsafe { ffi::PyErr_SetString(class, c"an event without data, made by object.__new__".as_ptr()) };
        return -1;
    }
    let mut len = 0;
    // SAFETY: It is a `str`. What is returned stays as long as that, which is as long as the event.
    let utf8 = unsafe { ffi::PyUnicode_AsUTF8AndSize(*data, &raw mut len) };
    if utf8.is_null() {
        // SAFETY: A view that is not filled in holds nothing.
        unsafe { (*view).obj = ptr::null_mut() };
        return -1;
    }
    // SAFETY: The memory is as long as said, and stays as long as the event, to which the view takes a reference.
    unsafe { ffi::PyBuffer_FillInfo(view, this, utf8.cast_mut().cast(), len, 1, flags) }
}

fn make_class(py: Python<'_>) -> PyResult<Py<PyType>> {
    let mut members = [
        member(
            c"event",
            offset_of!(Object, fields.event),
            c"The type: `message` unless the stream says otherwise.",
        ),
        member(
            c"data",
            offset_of!(Object, fields.data),
            c"The data, its lines joined with LF; U+FFFD for bad UTF-8.",
        ),
        member(
            c"last_event_id",
            offset_of!(Object, fields.last_event_id),
            c"The last event ID at this event: its own id, or else the one that was in force.",
        ),
        END_OF_MEMBERS,
    ];
    // The class points to these as long as it lives, which is for ever.
    let getters = Box::leak(Box::new([
        getter(
            c"id",
            offset_of!(Object, fields.id),
            c"The id that this event itself has set, which may be empty, or None.",
        ),
        getter(
            c"retry",
            offset_of!(Object, fields.retry),
            c"The reconnection time in milliseconds that this event's block has set, or None.",
        ),
        getter(
            c"_raw",
            offset_of!(Object, fields.raw),
            c"The data as the stream held it, if it is not UTF-8, or None.",
        ),
        END_OF_GETTERS,
    ]));
    let slot = |slot, pfunc| ffi::PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(ffi::Py_tp_dealloc, deallocate as *mut c_void),
        slot(ffi::Py_tp_members, members.as_mut_ptr().cast()),
        slot(ffi::Py_tp_getset, getters.as_mut_ptr().cast()),
        slot(ffi::Py_bf_getbuffer, lend as *mut c_void),
        slot(ffi::Py_tp_doc, DOC.as_ptr().cast_mut().cast()),
        slot(0, ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"eventwire.Event".as_ptr(),
        basicsize: size_of::<Object>() as c_int,
        itemsize: 0,
        flags: ffi::Py_TPFLAGS_DEFAULT as _,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: The specification is well-formed: members, getters and slots end with a zero, each member lies in the object and
    // has the type said, the functions have their slots' types. Of what does not live for ever Python makes copies.
    let class = unsafe { ffi::PyType_FromSpec(&raw mut spec) };
    // SAFETY: It is a new reference, or NULL with an exception set.
    let class = unsafe { Bound::from_owned_ptr_or_err(py, class) }?.cast_into::<PyType>()?;
    py.import("eventwire._event")?.call_method1("complete", (&class,))?;
    Ok(class.unbind())
}

const DOC: &CStr = c"Event(event='message', data='', id=None, last_event_id=None, retry=None)
--

An event of a stream. It does not change, can be hashed, compared, pickled and matched.

`data` may be given as `str` or `bytes`. Without `last_event_id`, it is the `id`.

    match event:
        case Event('delta', data): ...";

const END_OF_MEMBERS: ffi::PyMemberDef =
    ffi::PyMemberDef { name: ptr::null(), type_code: 0, offset: 0, flags: 0, doc: ptr::null() };

/// A member that holds a reference and can only be read.
fn member(name: &'static CStr, offset: usize, doc: &'static CStr) -> ffi::PyMemberDef {
    ffi::PyMemberDef {
        name: name.as_ptr(),
        type_code: ffi::Py_T_OBJECT_EX,
        offset: offset as ffi::Py_ssize_t,
        flags: ffi::Py_READONLY,
        doc: doc.as_ptr(),
    }
}

const END_OF_GETTERS: ffi::PyGetSetDef =
    ffi::PyGetSetDef { name: ptr::null(), get: None, set: None, doc: ptr::null(), closure: ptr::null_mut() };

/// A field that may be NULL and can only be read.
fn getter(name: &'static CStr, offset: usize, doc: &'static CStr) -> ffi::PyGetSetDef {
    let closure = ptr::without_provenance_mut(offset);
    ffi::PyGetSetDef { name: name.as_ptr(), get: Some(get), set: None, doc: doc.as_ptr(), closure }
}
