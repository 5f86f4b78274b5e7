import AuspexCommand

AuspexProgram.main()
