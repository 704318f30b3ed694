@echo off
rem Works out when a picture counts as unusual.
"%~dp0scripts\launch.bat" calibrate %*
