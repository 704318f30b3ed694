@echo off
rem Runs the tests of the program itself.
"%~dp0scripts\launch.bat" test %*
