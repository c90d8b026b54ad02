; LLVM expects the result of an i128 library call in registers, rustc returns an
; i128 from a BPF function through memory. So `install` renames rustc's NAME to
; sbf_NAME, and the wrappers here give LLVM the NAME that it calls.

target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

declare void @sbf___multi3(ptr sret([16 x i8]) align 16, i128, i128)
declare void @sbf___udivti3(ptr sret([16 x i8]) align 16, i128, i128)
declare void @sbf___umodti3(ptr sret([16 x i8]) align 16, i128, i128)
declare void @sbf___divti3(ptr sret([16 x i8]) align 16, i128, i128)
declare void @sbf___modti3(ptr sret([16 x i8]) align 16, i128, i128)
declare void @abort()

define i128 @__multi3(i128 %a, i128 %b) {
  %p = alloca [16 x i8], align 16
  call void @sbf___multi3(ptr sret([16 x i8]) align 16 %p, i128 %a, i128 %b)
  %r = load i128, ptr %p, align 16
  ret i128 %r
}

define i128 @__udivti3(i128 %a, i128 %b) {
  %p = alloca [16 x i8], align 16
  call void @sbf___udivti3(ptr sret([16 x i8]) align 16 %p, i128 %a, i128 %b)
  %r = load i128, ptr %p, align 16
  ret i128 %r
}

define i128 @__umodti3(i128 %a, i128 %b) {
  %p = alloca [16 x i8], align 16
  call void @sbf___umodti3(ptr sret([16 x i8]) align 16 %p, i128 %a, i128 %b)
  %r = load i128, ptr %p, align 16
  ret i128 %r
}

define i128 @__divti3(i128 %a, i128 %b) {
  %p = alloca [16 x i8], align 16
  call void @sbf___divti3(ptr sret([16 x i8]) align 16 %p, i128 %a, i128 %b)
  %r = load i128, ptr %p, align 16
  ret i128 %r
}

define i128 @__modti3(i128 %a, i128 %b) {
  %p = alloca [16 x i8], align 16
  call void @sbf___modti3(ptr sret([16 x i8]) align 16 %p, i128 %a, i128 %b)
  %r = load i128, ptr %p, align 16
  ret i128 %r
}

; Takes the place of core's panic on division by zero, which cannot occur in the
; builtins but which the compiler cannot always rule out.
define void @sbf_builtin_panic(ptr %location) noreturn cold {
  call void @abort()
  unreachable
}
